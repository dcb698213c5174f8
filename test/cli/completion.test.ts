/** @file Completion scripts know the command line's own commands and options, and bash completes with them. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { fishScript } from "../../src/cli/completion/fish.js";
import { completionTree } from "../../src/cli/completion/tree.js";
import { zshScript } from "../../src/cli/completion/zsh.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();

describe("fovea completion bash", () => {
  const lines = [
    ["fovea", "ex"],
    ["fovea", "explain", "--me"],
    ["fovea", "explain", "--method", "hir"],
    ["fovea", "explain", "-m", "mo"],
    ["fovea", "attack", "photos", "--method", ""],
    ["fovea", "completion", ""],
    ["fovea", "help", "insp"],
    ["fovea", "explain", "pho"],
  ];
  let replies: string[] = [];

  beforeAll(async () => {
    const { code, out } = await fovea(folder, ["completion", "bash"]);
    expect(code).toBe(0);
    const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
    const tries = lines.map(
      (words) => `COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _fovea; echo "\${COMPREPLY[*]}"`,
    );
    writeFileSync(join(folder, "try.sh"), [out, ...tries].join("\n"));
    const { stdout, stderr } = spawnSync("bash", ["-u", join(folder, "try.sh")], { encoding: "utf8" });
    expect(stderr).toBe("");
    replies = stdout.split("\n");
  });

  it.each([
    [lines[0], "explain"],
    [lines[1], "--method --mean --memory-limit"],
    [lines[2], "hires-cam"],
    [lines[3], ""],
    [lines[4], "fgsm pgd"],
    [lines[5], "bash zsh fish"],
    [lines[6], "inspect"],
    [lines[7], ""],
  ])("completes %j", (words, reply) => {
    expect(replies[lines.findIndex((each) => each.join() === words?.join())]).toBe(reply);
  });
});

describe("the scripts of other shells", () => {
  const program = new Command("fovea").addCommand(
    new Command("look")
      .description("Look at it: say [what] is there.")
      .argument("<file>")
      .addOption(new Option("-k, --kind <kind>", "it's of a kind").choices(["a", "b"]))
      .option("--all", "all of it"),
  );
  const tree = completionTree(program, {});

  it("is right for zsh", () => {
    const script = zshScript(tree);
    expect(script).toContain("'look:Look at it'");
    expect(script).toContain("'*--kind[it'\\''s of a kind]:value:(a b)'");
    expect(script).toContain("'*--all[all of it]'");
    expect(script).toContain("'*:file:_files'");
  });

  it("is right for fish", () => {
    const script = fishScript(tree);
    expect(script).toContain("complete -c fovea -f -n __fish_use_subcommand -a look -d 'Look at it'");
    expect(script).toContain("-s k -l kind -x -a 'a b' -d 'it\\'s of a kind'");
  });

  it("refuses other shells", async () => {
    const { code, err } = await fovea(folder, ["completion", "tcsh"]);
    expect([code, err]).toEqual([2, expect.stringContaining("Allowed choices are bash, zsh, fish")]);
  });
});
