/**
 * @file Runs an example from its README's first commands to the last, each printed before it is run, and stops at the first that fails.
 * `npm run story -- tinted-paper [--in FOLDER]`; FOLDER, default `stories`, holds what the commands read and gets what they write.
 */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const examples = join(root, "examples");

/** Examples that are told by commands of this house; the others show how Fovea is used in programs of others. */
export async function stories(): Promise<string[]> {
  const folders = (await readdir(examples, { withFileTypes: true })).filter((each) => each.isDirectory());
  const told = folders.filter(({ name }) => {
    const page = join(examples, name, "README.md");
    const [first = ""] = existsSync(page) ? commandsIn(readFileSync(page, "utf8")) : [];
    return first.startsWith("npx tsx ");
  });
  return told.map(({ name }) => name).sort();
}

/** The lines of the first block of commands, without what is said of them. */
export function commandsIn(readme: string): string[] {
  const block = /^```sh\n(.*?)^```/ms.exec(readme)?.[1] ?? "";
  return block.split("\n").flatMap((line) => line.replace(/\s+#.*$/, "").trim() || []);
}

/** A command as a shell in another folder knows it. */
export function fromAnywhere(command: string, home = root): string {
  const quoted = (path: string) => `'${join(home, path).replaceAll("'", "'\\''")}'`;
  const tsx = `node --import ${quoted("node_modules/tsx/dist/esm/index.mjs")}`;
  return command
    .replace(/\bnpx tsx (examples\/\S+)/g, (_, script: string) => `${tsx} ${quoted(script)}`)
    .replace(/(^|[\s;(])fovea (?=\w)/g, (_, before: string) => `${before}node ${quoted("dist/command/main.js")} `);
}

async function runStory(name: string, folder: string): Promise<number> {
  const commands = commandsIn(readFileSync(join(examples, name, "README.md"), "utf8"));
  await mkdir(folder, { recursive: true });
  for (const command of commands) {
    console.log(`\n$ ${command}`);
    const child = spawn("sh", ["-e", "-c", fromAnywhere(command)], { cwd: folder, stdio: "inherit" });
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (status) => done(status ?? 1));
    });
    if (code !== 0) return code;
  }
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { in: { type: "string", default: "stories" } },
  });
  const [name = ""] = positionals;
  const names = await stories();
  if (positionals.length === 1 && names.includes(name)) {
    return runStory(name, resolve(process.env.INIT_CWD ?? ".", values.in));
  }
  console.error(`story: expected one of ${names.join(", ")}, got "${positionals.join(" ")}"`);
  return 2;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
