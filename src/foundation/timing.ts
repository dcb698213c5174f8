/** @file Paired timings: two jobs in turn, so that a drift of the machine's speed hits both. */

import { at } from "./present.js";

export interface PairedTiming {
  /** Medians in milliseconds. */
  readonly first: number;
  readonly second: number;
  /** Median of second/first, pair by pair, with its quartiles. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Milliseconds of a pair at least. */
const pairTime = 240;

/** Milliseconds of a block at least. */
const blockTime = 20;

/** Milliseconds of runs before a block that are not counted: the other job's idle threads spin for a while. */
const warmUpTime = 8;

type Job = () => Promise<unknown>;

/** Times two jobs in turn. A pair is the fastest block of each, since whatever else the machine does makes a block slower only. */
export async function paired(first: Job, second: Job, { pairs = 15 } = {}): Promise<PairedTiming> {
  await timePair(first, second);
  const times: [number, number][] = [];
  while (times.length < pairs) {
    // The one that is first each time might always meet the same that the other left behind.
    const swapped = times.length % 2 === 1;
    const [a, b] = await (swapped ? timePair(second, first) : timePair(first, second));
    times.push(swapped ? [b, a] : [a, b]);
  }
  const ratios = times.map(([a, b]) => b / a);
  const [firsts, seconds] = [times.map(([a]) => a), times.map(([, b]) => b)];
  return {
    first: quantile(firsts, 0.5),
    second: quantile(seconds, 0.5),
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
  };
}

async function timePair(first: Job, second: Job): Promise<[number, number]> {
  const [firsts, seconds]: [number[], number[]] = [[], []];
  const began = performance.now();
  do {
    firsts.push(await meanTime(first));
    seconds.push(await meanTime(second));
  } while (performance.now() - began < pairTime);
  return [Math.min(...firsts), Math.min(...seconds)];
}

/** Milliseconds for one run of a block. */
async function meanTime(job: Job): Promise<number> {
  await runFor(job, warmUpTime, 1);
  return runFor(job, blockTime, 2);
}

/** Runs a job for so many milliseconds, and at least so often; the mean time of one run. */
async function runFor(job: Job, milliseconds: number, least: number): Promise<number> {
  const began = performance.now();
  let [runs, elapsed] = [0, 0];
  while (runs < least || elapsed < milliseconds) {
    await job();
    runs++;
    elapsed = performance.now() - began;
  }
  return elapsed / runs;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return at(sorted, Math.min(sorted.length - 1, Math.floor(share * sorted.length)));
}
