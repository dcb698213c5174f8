/** @file The examples' commands, as `npm run story` runs them. */

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commandsIn, fromAnywhere, stories } from "../../examples/story.js";

const folder = new URL("../../examples/", import.meta.url);

const names = await stories();

describe("stories", () => {
  it.each(names)("%s begins with commands of its own, and README.md tells of it", (name) => {
    const commands = commandsIn(readFileSync(new URL(`${name}/README.md`, folder), "utf8"));
    expect(commands[0]).toMatch(new RegExp(`^npx tsx examples/${name}/`));
    for (const command of commands) {
      for (const [, script = ""] of command.matchAll(/npx tsx (\S+)/g)) {
        expect(existsSync(new URL(`../${script}`, folder)), script).toBe(true);
      }
    }
    expect(readFileSync(new URL("../README.md", folder), "utf8")).toContain(`npm run story -- ${name}`);
  });

  it("are the first block's lines without remarks", () => {
    const readme =
      "# A\n\n```sh\nnpx tsx examples/a/main.ts     # all\n\nfovea train x\n```\n\n```sh\nfovea other\n```\n";
    expect(commandsIn(readme)).toEqual(["npx tsx examples/a/main.ts", "fovea train x"]);
    expect(commandsIn("# no commands\n")).toEqual([]);
  });

  it("run the program and the scripts of this house, wherever they write", () => {
    const command = "A=b fovea train x && for k in 1 2; do fovea evaluate fovea.onnx $k; done";
    expect(fromAnywhere(command, "/it's here")).toBe(
      "A=b node '/it'\\''s here/dist/command/main.js' train x && for k in 1 2; do node '/it'\\''s here/dist/command/main.js' evaluate fovea.onnx $k; done",
    );
    expect(fromAnywhere("npx tsx examples/a/main.ts --out b", "/home")).toBe(
      "node --import '/home/node_modules/tsx/dist/esm/index.mjs' '/home/examples/a/main.ts' --out b",
    );
  });
});
