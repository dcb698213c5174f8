/** @file What tells this machine's processes from each other, after a restart and in a container as well. */

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessMark, ProcessState } from "../lock.js";
import { systemCode } from "../system-error.js";

/** Of this process. */
export function ownMark(): ProcessMark {
  const { pid } = process;
  return { id: pid, host: host(), space: space(), began: beginOf(pid) };
}

/** Whether a process runs, and is still the one that is meant. */
export function stateOf({ id, host: where = host(), space: which = space(), began }: ProcessMark): ProcessState {
  if (where !== host()) return "elsewhere";
  if (which !== space()) return bootOf(which) === bootOf(space()) ? "elsewhere" : "ended";
  if (!isRunning(id)) return "ended";
  return began === undefined || [undefined, began].includes(beginOf(id)) ? "running" : "ended";
}

/** The machine's name, and its number where it has one: names are not always of one machine alone. */
function host(): string {
  return [hostname(), contentOf("/etc/machine-id")].filter(Boolean).join(" ");
}

/** Linux gives a number to every start of the machine, and one to every space of process numbers; others give none. */
function space(): string {
  return `${contentOf("/proc/sys/kernel/random/boot_id")} ${linkOf("/proc/self/ns/pid")}`.trim();
}

function bootOf(which: string): string {
  return which.split(" ")[0] ?? "";
}

/** In ticks since the machine's start, where the system tells. */
function beginOf(id: number): string | undefined {
  return fieldsOf(id)[19];
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
  // One that has ended keeps its number until its parent asks for it.
  return !["Z", "X"].includes(fieldsOf(id)[0] ?? "");
}

/** What Linux tells of a process, from its state on: fields 3, 4, ... of proc_pid_stat(5). */
function fieldsOf(id: number): string[] {
  const text = contentOf(`/proc/${id}/stat`);
  // The name before them is in brackets, and may hold brackets itself.
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
