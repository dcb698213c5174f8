/** @file Processes of the tests of engines: started, waited for, found among all by what they are, and killed at random. */

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Random } from "../../src/foundation/random.js";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function start(command: readonly string[], { cwd, env = {} }: RunOptions = {}): Running {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<Ended>((resolve, reject) => {
    let [out, err] = ["", ""];
    child.stdout?.on("data", (text) => {
      out += text;
    });
    child.stderr?.on("data", (text) => {
      err += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

/** Runs a command to its end. @throws Error for another exit code than 0 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { child, ended } = start(command, options);
  child.stdin?.end();
  const { code, out, err } = await ended;
  if (code === 0) return out;
  throw new Error(`${command.join(" ").slice(0, 300)}: exit code ${code}\n${out.slice(-1000)}\n${err.slice(-3000)}`);
}

/** A process of this machine. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its command line; what it calls itself where it says so. */
  readonly line: string;
}

export function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent = "0"] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return [{ pid: Number(name), parent: Number(parent), line }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

/** What an own process was started with. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** A process's children, their children, and so on. */
export function descendants(pid: number, all = processes()): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendants(child.pid, all)]);
}

/** The processes that make parts of a job, of those that are given. */
export function commandsOf({ parts }: { readonly parts: string }, all: readonly Process[]): Process[] {
  return all.filter(({ line }) => / --shard \d/.test(line) && line.includes(parts));
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

export interface KillingOptions {
  readonly random: Random;
  readonly times: number;
  /** Milliseconds from one to the next: half of it to one and a half. */
  readonly every: number;
  /** Those of which one is killed. */
  readonly victims: () => readonly Process[];
}

/** Kills processes at random until `times` were killed or `work` is done. @returns how many were killed */
export async function killingWhile(
  work: Promise<unknown>,
  { random, times, every, victims }: KillingOptions,
): Promise<number> {
  let [goesOn, killed] = [true, 0];
  const end = () => {
    goesOn = false;
  };
  work.then(end, end);
  while (goesOn && killed < times) {
    await setTimeout(every * (0.5 + random.uniform()));
    const found = victims();
    const victim = found[Math.floor(random.uniform() * found.length)];
    if (!goesOn || victim === undefined) continue;
    kill(victim.pid);
    killed++;
  }
  await work;
  return killed;
}
