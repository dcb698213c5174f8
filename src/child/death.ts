/** @file What a child died of, and the sentence that says so. */

import { FoveaError } from "../foundation/error.js";
import { count } from "../foundation/words.js";

/** How a process ended without an answer. */
export interface Death {
  /** Why this process ended it; undefined where it ended by itself. */
  readonly reason?: "time" | "stopped" | undefined;
  readonly code: number | null;
  readonly signal: string | null;
  /** Bytes of memory that it held, where that was too much. */
  readonly held?: number | undefined;
  /** The end of what it wrote on standard error. */
  readonly noise: string;
}

/** What was asked of it, and what it was allowed. */
export interface Task {
  /** The program, e.g. `onnxruntime`. */
  readonly name: string;
  /** What it did, e.g. `running the model`. */
  readonly doing: string;
  readonly seconds: number;
  readonly bytes: number;
}

/** The error of whoever waited for the answer. */
export function deathError(death: Death, task: Task): FoveaError {
  return new FoveaError("crashed", `${task.name} ${fateOf(death, task)}`);
}

function fateOf({ reason, code, signal, held, noise }: Death, { doing, seconds, bytes }: Task): string {
  if (reason === "time") {
    return `was ended while ${doing}: expected an answer within ${seconds} s, got none: allow more (--time-limit, or seconds in the library), if it may take so long`;
  }
  if (held !== undefined || /bad_alloc|out of memory|cannot allocate|allocation fail/i.test(noise)) {
    const got = held === undefined ? "more" : megabytes(held);
    return `was ended while ${doing}: expected at most ${megabytes(bytes)} of memory, got ${got}: allow more (--memory-limit, or bytes in the library), or take smaller batches`;
  }
  // Nobody here sent it.
  if (signal === "SIGKILL") return `was killed from outside while ${doing}, as systems do that run out of memory`;
  return `crashed (${signal ?? `exit code ${code}`}${said(noise)}) while ${doing}: the file is damaged, or made to do that`;
}

function megabytes(bytes: number): string {
  return `${count(Math.round(bytes / 1e6))} MB`;
}

/** The first line of what it said last. */
function said(noise: string): string {
  const line = noise.trim().split("\n")[0]?.replaceAll(/\s+/g, " ").slice(0, 120);
  return line ? `, "${line}"` : "";
}
