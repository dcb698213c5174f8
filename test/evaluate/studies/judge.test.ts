/** @file Verdicts of a whole table: what they say, how many images they ask for, and how often any is false. */

import { expect, it } from "vitest";
import { imagesNeeded, judge } from "../../../src/evaluate/studies/judge.js";
import { random } from "../../../src/foundation/random.js";

it("needs six images for one comparison, and one more for every doubling", () => {
  expect([1, 2, 4, 12, 90].map(imagesNeeded)).toEqual([6, 7, 8, 9, 12]);
  const same = (count: number) => ({ differences: Array<number>(count).fill(1), better: "higher" as const });
  for (const comparisons of [1, 2, 12]) {
    const needed = imagesNeeded(comparisons);
    const verdicts = (count: number) => judge(Array(comparisons).fill(same(count))).map(({ verdict }) => verdict);
    expect(new Set(verdicts(needed - 1))).toEqual(new Set([null]));
    expect(new Set(verdicts(needed))).toEqual(new Set(["better"]));
  }
  expect(judge([])).toEqual([]);
});

it("says which side is the better one, and which difference would have shown where there is none", () => {
  const differences = [0.3, 0.4, 0.2, 0.5, 0.35, 0.25, 0.45, 0.3, 0.4, 0.38];
  const none = differences.map((value, i) => (i % 2 ? value : -value));
  const found = judge([
    { differences, better: "higher" },
    { differences, better: "lower" },
    { differences: none, better: "higher" },
    { differences: differences.map(() => 0), better: "higher" },
  ]);
  expect(found.map(({ verdict }) => verdict)).toEqual(["better", "worse", "no different", "no different"]);
  // All of one sign: 2 of 1024 ways, by Holm times 4 and 3, and never less than the one before.
  expect(found.map(({ pValue }) => pValue)).toEqual([8 / 1024, 8 / 1024, 1, 1]);
  expect(found[0]?.smallestShown).toBeNull();
  expect(found[2]?.smallestShown).toBeGreaterThan(0.3);
  expect(found[2]?.smallestShown).toBeLessThan(0.8);
  expect(found[3]?.smallestShown).toBeNull();
});

it("has a false verdict in at most one table of twenty, whichever differences there are", () => {
  const runs = 200;
  for (const [comparisons, images] of [
    [3, 8],
    [12, 10],
  ] as const) {
    const source = random(`tables ${images}`);
    // Of one method against baselines: its own values are in all of them.
    const tables = Array.from({ length: runs }, () => {
      const own = Array.from({ length: images }, () => Math.exp(source.normal()));
      return Array.from({ length: comparisons }, () => ({
        differences: own.map((value) => value - Math.exp(source.normal())),
        better: "higher" as const,
      }));
    });
    const found = tables.filter((table) => judge(table).some(({ pValue }) => pValue <= 0.05)).length;
    expect(found / runs).toBeLessThan(0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / runs));
  }
});
