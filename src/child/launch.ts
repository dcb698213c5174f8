/** @file Starts Node on a file of ours with what limits the system can set by itself. */

import { type ChildProcess, fork } from "node:child_process";

/** Bytes beyond what the process may hold: stacks of threads and the like are promised to it, and never used. */
const promised = 2 ** 30;

/**
 * The limits that any shell sets: no file of all its memory when it crashes, no allocation beyond its memory, and where the whole machine
 * runs out of memory, it is the one to go.
 */
const shell = `{ ulimit -c 0; ulimit -d "$0"; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; exec "$@"`;

/** What the child finds at a file descriptor: no input, no output, errors, messages, and a lifeline to this process. */
const stdio = ["ignore", "ignore", "pipe", "ipc", "pipe"] as const;

/** @param bytes that the process may hold */
export function launch(module: URL, bytes: number): ChildProcess {
  const node = [process.execPath, ...process.execArgv];
  const limited = ["-c", shell, String(Math.ceil((bytes + promised) / 1024)), ...node];
  // Ctrl-C is for this process, which decides what ends: a process group of its own does not hear of it.
  const program = process.platform === "win32" ? {} : { execPath: "/bin/sh", execArgv: limited, detached: true };
  return fork(module, [String(bytes)], { ...program, stdio: [...stdio], serialization: "advanced" });
}
