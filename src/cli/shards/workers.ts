/** @file All cores of one machine: shards in child processes that divide the threads, put together when all are done. */

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { FoveaError } from "../../foundation/error.js";
import { environment } from "../environment.js";
import type { MergeFlags } from "../merge/merger.js";
import { exitCodes, type Job } from "../terminal/job.js";

export interface WorkerFlags extends MergeFlags {
  readonly shard?: string;
  readonly workers?: number;
  readonly jsonl?: boolean;
}

/**
 * Runs a command in shards, one in each of some child processes, where the user asks for that; else as it is.
 * @param args the command line of this process, behind the program
 * @param run the command in this process. @returns the exit code
 */
export async function inWorkers(
  job: Job,
  { workers = 1, ...flags }: WorkerFlags,
  args: readonly string[],
  run: () => Promise<number>,
): Promise<number> {
  if (workers === 1) return run();
  if (flags.shard !== undefined)
    throw new FoveaError("bad-input", "--workers: expected no --shard besides: give more shards in its place");
  if (flags.jsonl)
    throw new FoveaError("bad-input", "--workers: expected no --jsonl besides, whose lines come image by image");
  const kept = flags.out === undefined || flags.out === "-" ? undefined : `${flags.out}.parts`;
  const folder = kept ?? mkdtempSync(join(tmpdir(), "fovea-parts-"));
  const codes = await runShards(job, { workers, folder, args });
  const failed = codes.find((code) => code !== exitCodes.done && code !== exitCodes.partly);
  if (job.interrupted) return job.stoppedCode;
  if (failed !== undefined) return failed;
  // Most runs have one process.
  const { merge } = await import("../merge/merge.js");
  // What single images failed of, each worker has told.
  const code = await merge(job, folder, flags, { tellsFailures: false, tellsBesideTable: true });
  await rm(folder, { recursive: true, force: true });
  return code;
}

interface Shards {
  readonly workers: number;
  readonly folder: string;
  readonly args: readonly string[];
}

async function runShards(job: Job, { workers, folder, args }: Shards): Promise<number[]> {
  const { threads = availableParallelism() } = environment();
  const each = Math.max(1, Math.floor(threads / workers));
  const own = [...withoutOptions(args, ofTheWhole), "--quiet", "--out", folder];
  return job.heed(() =>
    job.stage("shards", async (onProgress) => {
      let done = 0;
      const one = async (index: number) => {
        const code = await runChild([...own, "--shard", `${index}/${workers}`], each, job.signal);
        onProgress(++done, workers);
        return code;
      };
      return Promise.all(Array.from({ length: workers }, (_, index) => one(index)));
    }),
  );
}

/** Ends in order when it is told to. @returns its exit code */
function runChild(args: readonly string[], threads: number, signal: AbortSignal): Promise<number> {
  const [program = ""] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    env: { ...environment().variables, FOVEA_THREADS: String(threads) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stop = () => child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", stop);
      resolve(code ?? exitCodes.fault);
    });
  });
}

/** Options of the whole, by whether they take a value. */
const ofTheWhole: Readonly<Record<string, boolean>> = {
  "--workers": true,
  "--out": true,
  "-o": true,
  "--title": true,
  "--label-queue": true,
  "--near-copies": true,
  "--json": false,
  "--jsonl": false,
};

/** A command line without some options. */
export function withoutOptions(args: readonly string[], options: Readonly<Record<string, boolean>>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") return [...kept, ...args.slice(i)];
    const [name = ""] = arg.split("=", 1);
    if (!Object.hasOwn(options, name)) kept.push(arg);
    else if (options[name] && !arg.includes("=")) i++;
  }
  return kept;
}
