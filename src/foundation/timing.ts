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

/** Milliseconds that a block of runs should take. */
const blockTime = 300;

/**
 * Each time is the mean of a block of runs in a row: idle threads of one session's pool spin for a while, and would
 * otherwise be billed to the other job.
 */
export async function paired(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  { pairs = 15 } = {},
): Promise<PairedTiming> {
  const block = Math.min(50, Math.max(2, Math.ceil(blockTime / (await meanTime(first, 1)))));
  const times: [number, number][] = [];
  for (let i = -2; i < pairs; i++) {
    const pair: [number, number] = [await meanTime(first, block), await meanTime(second, block)];
    if (i >= 0) times.push(pair);
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

/** Milliseconds for one run, after two that are not counted. */
async function meanTime(job: () => Promise<unknown>, runs: number): Promise<number> {
  await job();
  await job();
  const began = performance.now();
  for (let i = 0; i < runs; i++) await job();
  return (performance.now() - began) / runs;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return at(sorted, Math.min(sorted.length - 1, Math.floor(share * sorted.length)));
}
