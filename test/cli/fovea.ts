/** @file Runs the compiled command line in another process, in a folder of its own. */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  /** Without lines of progress: whether there are some depends on how quick the machine is. */
  readonly err: string;
}

const progressLine = /^.*: .* \(\d+ %\)(, .* left)?\n/gm;

const main = fileURLToPath(new URL("../../dist/command/main.js", import.meta.url));

/** A temporary folder that goes when the tests of the file are done. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function environment(folder: string, env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, FOVEA_DATA: "", FOVEA_CACHE: join(folder, "cache"), ...env };
}

/** Starts `fovea ...` in a process of its own, without waiting. */
export function start(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; done: Promise<Ran> } {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: environment(folder, env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const done = new Promise<Ran>((resolve) => {
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code) => resolve({ code, out, err: err.replace(progressLine, "") }));
  });
  return { child, done };
}

/** Marks the end of what one command wrote. The command line itself prints no such characters. */
const end = "\u0000end\u0000";
let [child, queue]: [ChildProcess | undefined, Promise<unknown>] = [undefined, Promise.resolve()];

/**
 * Runs `fovea ...` in a process that has run others before, one after the other: half a second of starting is saved each time. What
 * needs a process of its own, such as a signal, takes `start`.
 */
export function fovea(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const ran = queue.then(() => ask({ main, args, folder, env: environment(folder, env), end }));
  queue = ran;
  return ran;
}

function ask(message: object): Promise<Ran> {
  child ??= fork(fileURLToPath(new URL("again.mjs", import.meta.url)), { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const asked = child;
  return new Promise((resolve) => {
    let [out, err, code]: [string, string, number | undefined] = ["", "", undefined];
    const stop = (code: number | null) => {
      asked.stdout?.removeAllListeners("data");
      asked.stderr?.removeAllListeners("data");
      asked.removeAllListeners("message").removeAllListeners("close");
      resolve({ code, out: out.replace(end, ""), err: err.replace(end, "").replace(progressLine, "") });
    };
    const look = () => {
      if (code !== undefined && out.endsWith(end) && err.endsWith(end)) stop(code);
    };
    asked.stdout?.setEncoding("utf8").on("data", (text) => {
      out += text;
      look();
    });
    asked.stderr?.setEncoding("utf8").on("data", (text) => {
      err += text;
      look();
    });
    asked.on("message", (answer) => {
      code = Number(answer);
      look();
    });
    asked.on("close", (code) => {
      child = undefined;
      stop(code);
    });
    asked.send(message);
  });
}
