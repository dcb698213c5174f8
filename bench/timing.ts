/** @file Paired timings: two jobs in turn, so that a drift of the machine's speed hits both. */

export interface PairedTiming {
  /** Medians in milliseconds. */
  readonly first: number;
  readonly second: number;
  /** Median of second/first, pair by pair, with its quartiles. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export async function paired(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  runs = 60,
): Promise<PairedTiming> {
  const times: [number, number][] = [];
  for (let i = -5; i < runs; i++) {
    const pair: [number, number] = [await timed(first), await timed(second)];
    if (i >= 0) times.push(pair);
  }
  const ratios = times.map(([a, b]) => b / a);
  return {
    first: quantile(
      times.map(([a]) => a),
      0.5,
    ),
    second: quantile(
      times.map(([, b]) => b),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
  };
}

export async function timed(job: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await job();
  return performance.now() - began;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
