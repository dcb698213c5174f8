/** @file Runs the compiled command line in a process of its own, in a folder of its own. */

import { type ChildProcess, spawn } from "node:child_process";
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

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A temporary folder that goes when the tests of the file are done. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts `fovea ...` without waiting. */
export function start(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; done: Promise<Ran> } {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, FOVEA_DATA: "", FOVEA_CACHE: join(folder, "cache"), ...env },
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

export function fovea(folder: string, args: readonly string[], env?: Record<string, string>): Promise<Ran> {
  return start(folder, args, env).done;
}
