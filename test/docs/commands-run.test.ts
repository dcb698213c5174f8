/** @file Every command of the pages: it has the options that it names, and it runs, or a list says why not. */

import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { fovea, type Ran, workFolder } from "../cli/fovea.js";
import { root } from "../house/imports.js";
import { allCommands } from "../support/docs/commands-page.js";
import { blocksOf, documents } from "../support/docs/pages.js";
import { type NotRun, notRun } from "../support/docs/run/not-run.js";
import { fillSandbox, type SandboxKind } from "../support/docs/run/sandbox.js";
import { commandsOf, wordsOf } from "../support/docs/run/shell.js";

const shells = ["sh", "bash", "shell"];

interface Command {
  readonly page: string;
  readonly text: string;
  readonly reason: NotRun | undefined;
  /** What it prints, of a block that shows a command and its answer; undefined where it only has to be done. */
  readonly answer?: string;
}

/** Commands of blocks, and those of the first cells of tables. */
const commands: readonly Command[] = [...documents].flatMap(([page, text]) => {
  const blocks = blocksOf(page, text).filter(({ language }) => shells.includes(language));
  const cells = Array.from(text.matchAll(/^\| `((?:fovea|npm run) [^`]+)` \|/gm), ([, cell = ""]) => cell);
  const texts = [...new Set([...blocks.flatMap(({ code }) => commandsOf(code)), ...cells])];
  const reasonOf = (text: string) =>
    notRun.find(({ pattern, page: of }) => pattern.test(text) && (of === undefined || of.test(page)));
  return [...texts.map((text) => ({ page, text, reason: reasonOf(text) })), ...answered(page, text)];
});

/** Blocks with the language `console`: a command after a `$`, and below it what it prints. */
function answered(page: string, text: string): Command[] {
  return blocksOf(page, text)
    .filter(({ language }) => language === "console")
    .map(({ code }) => {
      const [first = "", ...answer] = code.trim().split("\n");
      return { page, text: first.replace(/^\$ /, ""), reason: undefined, answer: answer.join("\n") };
    });
}
const title = ({ page, text }: Command) => `${page}: ${text.replaceAll("\n", " ")}`;

/** As it is run: what a checkout runs through npm, drawn digits for MNIST, a model that says nothing of itself, and fewer images where only the time depends on them. */
const asRun = (text: string) =>
  text
    .replace(/npm run (-s )?fovea -- /g, "fovea ")
    .replace(/\b(mnist|fashion-mnist|DATA)\b(?!\.|-|\/)/g, "digits")
    .replace(/(?<=--text )"an? (dog|cat)"/g, (_, animal) => (animal === "dog" ? '"a circle"' : '"a star"'))
    .replace(/--group (cat|dog)s=/g, "--group $1=")
    .replace(/--count \d+/g, "--count 4")
    .replace(/--steps \d+/g, "--steps 2")
    .replace(/(fovea (attack|trust \S+) digits|fovea trust --ground-truth)(?!.*--count).*/g, "$& --count 4")
    .replace(/fovea describe (model|m)\.onnx/, "fovea describe undescribed.onnx")
    .replace("evaluate model.onnx scenes", "evaluate yolo.onnx annotations.json");

const kindOf = (text: string): SandboxKind =>
  /\b(digits|mnist|DATA|--show-steps)\b|digit\.png/.test(text) ? "digits" : "photos";

const folder = workFolder();
const sandboxes = { digits: join(folder, "digits"), photos: join(folder, "photos") };
const bin = join(folder, "bin");
const main = join(root, "dist/command/main.js");
/** Milliseconds that a command may take; what takes longer belongs into the list. */
const patience = 40_000;

beforeAll(async () => {
  for (const kind of ["digits", "photos"] as const) {
    mkdirSync(sandboxes[kind]);
    await fillSandbox(sandboxes[kind], kind);
    expect((await fovea(sandboxes[kind], ["data", "scenes", "--count", "2", "--out", "."])).code).toBe(0);
    cpSync(join(sandboxes[kind], "annotations.json"), join(sandboxes[kind], "instances_val2017.json"));
  }
  mkdirSync(bin);
  writeFileSync(join(bin, "fovea"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(bin, "fovea"), 0o755);
}, 120_000);

/** A fresh copy of the sandbox for each page and kind, so that no page sees what another wrote. */
const copies = new Map<string, string>();
function sandboxOf(page: string, kind: SandboxKind): string {
  const key = `${page.replaceAll("/", "+")}-${kind}`;
  const there = copies.get(key);
  if (there) return there;
  const copy = join(folder, key);
  cpSync(sandboxes[kind], copy, { recursive: true });
  copies.set(key, copy);
  return copy;
}

async function run({ page, text }: Command): Promise<Ran> {
  const shown = asRun(text);
  const cwd = sandboxOf(page, kindOf(text));
  const [program, ...args] = wordsOf(shown) ?? [];
  const ran = await (program === "fovea"
    ? start(cwd, process.execPath, [main, ...args])
    : start(cwd, "bash", [...strict, shown]));
  // What `fovea describe` says of one model would hold for all that lie beside it here.
  rmSync(join(cwd, "fovea.json"), { force: true });
  return ran;
}

const strict = ["-euo", "pipefail", "-c"];

/** Starts a program, and ends it where it takes too long, so that it does not stand in the way of others. */
function start(cwd: string, program: string, args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, FOVEA_CACHE: join(cwd, "cache") };
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: patience });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

describe("commands of the pages", () => {
  it("name commands and options that are there", async () => {
    const known = new Map((await allCommands()).map((command) => [command.name(), command]));
    const ours = commands.filter(({ text }) => !/^(\S+=\S+ )?(npm|pnpm|yarn) (install|add)\b/.test(text));
    const lost = ours.flatMap(({ page, text }) =>
      Array.from(text.matchAll(/\bfovea (?!\.)([a-z]+)([^|;&)]*)/g), ([, name = "", rest = ""]) => {
        const options = known.get(name)?.options.flatMap(({ short, long }) => [short, long]);
        if (!options) return `${page}: fovea ${name}`;
        const flags = rest.replace(/"[^"]*"|'[^']*'/g, "").match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
        const odd = flags.filter((flag) => ![...options, "--help", "-h", "--quiet", "-q", "--version"].includes(flag));
        return odd.length > 0 ? `${page}: fovea ${name} ${odd}` : "";
      }).filter((problem) => problem !== ""),
    );
    expect(lost).toEqual([]);
  });

  it("name scripts and files of this repository that are there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const web = JSON.parse(readFileSync(join(root, "web/package.json"), "utf8"));
    for (const { page, text } of commands) {
      for (const [, name = ""] of text.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g))
        expect(Object.keys({ ...scripts, ...web.scripts }), `${page}: ${text}`).toContain(name);
      for (const [, path = ""] of text.matchAll(/\bnpx tsx (\S+)/g))
        expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it("are left out only with a test that is there, and every reason is needed", () => {
    for (const { test } of notRun) if (test) expect(existsSync(join(root, test)), test).toBe(true);
    const unused = notRun.filter((entry) => !commands.some(({ reason }) => reason === entry));
    expect(unused.map(({ pattern }) => pattern.source)).toEqual([]);
  });

  const running = commands.filter(({ reason }) => !reason);
  const seen = new Map<string, Promise<Ran>>();
  it.each(running.map((command) => [title(command), command] as const))(
    "%s",
    { timeout: 60_000 },
    async (_, command) => {
      // Where nothing is written for later commands, one run stands for all pages.
      const isPure = !/--out|-o |>|--only|merge|shard|workers|describe|convert/.test(command.text);
      const ran = await ((isPure && seen.get(command.text)) || run(command));
      if (isPure) seen.set(command.text, Promise.resolve(ran));
      if (command.answer !== undefined) expect((ran.out + ran.err).trim()).toBe(command.answer);
      else expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err.slice(-400) }).toEqual({ code: 0, err: "" });
    },
  );
});

describe("commands", () => {
  it("are told apart in a block", () => {
    const block = 'fovea a b   # what\nfovea c "x # y" \\\n  d\n(printf a; \n printf b) |\n  cat\n# only a comment\n';
    expect(commandsOf(block)).toEqual(["fovea a b", 'fovea c "x # y" \\\n  d', "(printf a;\n printf b) |\n  cat"]);
  });

  it("need a shell for some things alone", () => {
    expect(wordsOf("fovea explain m.onnx \"a b\" --class 'c d'")).toEqual([
      "fovea",
      "explain",
      "m.onnx",
      "a b",
      "--class",
      "c d",
    ]);
    for (const text of ["a | b", "A=1 b", "a > b", "a $b", "a *.jpg"]) expect(wordsOf(text)).toBe(undefined);
    expect(wordsOf('fovea explain "photos/**/*.jpg"')).toEqual(["fovea", "explain", "photos/**/*.jpg"]);
  });
});
