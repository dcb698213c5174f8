/** @file Runs a command of this program in a child process, which a client may break off. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { buffer, text } from "node:stream/consumers";

/** Milliseconds for a command to end in order. */
const grace = 3000;

/** A line of progress, as commands write it into logs: `explaining: 3 of 12 (25 %), 4 s left`. */
const progressLine = /^.*: .* \(\d+ %\)(, .* left)?$/;

export interface Ran {
  readonly code: number | null;
  readonly out: Buffer;
  /** Notes and errors, without lines of progress. */
  readonly notes: string;
}

export interface Watching {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** @param args behind the program. @throws the signal's reason */
export async function runCommand(args: readonly string[], { signal, onProgress }: Watching): Promise<Ran> {
  signal.throwIfAborted();
  const [program = ""] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const stop = () => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), grace).unref();
  };
  signal.addEventListener("abort", stop, { once: true });
  const notes = new PassThrough();
  createInterface(child.stderr)
    .on("line", (line) => {
      if (progressLine.test(line)) onProgress(line);
      else notes.write(`${line}\n`);
    })
    .on("close", () => notes.end());
  try {
    const [code, out, noted] = await Promise.all([ended, buffer(child.stdout), text(notes)]);
    signal.throwIfAborted();
    return { code, out, notes: noted };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
