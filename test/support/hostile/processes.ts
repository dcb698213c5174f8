/** @file What the system tells of a process: the memory that it holds and held at most, and the time that it computed. */

import { readFileSync, writeFileSync } from "node:fs";

/** Whether the system tells: elsewhere time is measured by the clock, and memory not at all. */
export const isTold = process.platform === "linux";

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

/** A process and those that it started, which compute for it. */
function familyOf(pid: number): number[] {
  const children = read(pid, `task/${pid}/children`).trim();
  return [pid, ...(children === "" ? [] : children.split(" ").flatMap((child) => familyOf(Number(child))))];
}

/** Resident bytes of a process and those that it started; 0 where nothing is told. */
export function heldMemory(pid: number): number {
  if (!isTold) return 0;
  return familyOf(pid).reduce((sum, each) => sum + 4096 * Number(read(each, "statm").split(" ")[1] ?? 0), 0);
}

/** Resident bytes at most, since `forgetPeak`; 0 where nothing is told. */
export function peakMemory(pid: number): number {
  return isTold ? 1024 * Number(/VmHWM:\s*(\d+)/.exec(read(pid, "status"))?.[1] ?? 0) : 0;
}

/** From now on the peak is counted anew, where the system allows it. */
export function forgetPeak(pid: number): void {
  if (!isTold) return;
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // The peak of all the time is counted then.
  }
}

/** Milliseconds of computing, in all threads and processes that it started; undefined where nothing is told. */
export function computedTime(pid: number): number | undefined {
  if (!isTold) return undefined;
  const ofOne = (each: number) => {
    // The name of the program, in brackets, may hold blanks. Of processes that have ended the parent keeps the sum.
    const fields = read(each, "stat").split(") ").at(-1)?.split(" ") ?? [];
    return fields.slice(11, 15).reduce((sum, ticks) => sum + 10 * Number(ticks), 0);
  };
  return familyOf(pid).reduce((sum, each) => sum + ofOne(each), 0);
}
