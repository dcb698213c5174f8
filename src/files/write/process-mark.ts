/** @file Names this process, so that another one can tell whether it still runs. */

import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { systemCode } from "../system-error.js";

/** The number of this process. */
export const processNumber: number = process.pid;

/** Whether a process of this number runs, where numbers mean what they mean here: see `numbering`. */
export function isRunning(number: number): boolean {
  try {
    process.kill(number, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

let known: string | undefined;

/**
 * Where the numbers of processes are this process's: eight hexadecimal digits of the machine, its start and, on Linux, the container.
 * Folders on network drives and in containers are shared with processes of which nothing can be told by their number.
 */
export function numbering(): string {
  known ??= createHash("sha256")
    .update(JSON.stringify([hostname(), start(), container()]))
    .digest("hex")
    .slice(0, 8);
  return known;
}

function start(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
  } catch {
    return "";
  }
}

function container(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
