/** @file Rows in columns, and the images that are tried. */

import { describe, expect, it } from "vitest";
import { RowTable } from "../../../../src/report/collect/observe/rows.js";
import { byRank, evenlyByLabel, firstOfLabel, ranksOf } from "../../../../src/report/collect/observe/sampled.js";

describe("RowTable", () => {
  it("gives rows back as they were added, also those that lack something", () => {
    const share = (value: number) => ({ share: value, even: value / 2 });
    const rows = Array.from({ length: 200 }, (_, i) => ({
      probabilities: Float32Array.of(i / 200, 1 - i / 200),
      predicted: i % 2,
      size: { width: i + 1, height: 2 * i + 1 },
      evidence:
        i % 3 === 0
          ? undefined
          : { border: share(0.1), corners: share(0.2), half: share(0.3), ...(i % 2 ? { object: share(i) } : {}) },
      flips: i % 5 === 0 ? { hottest: 1 / 3, elsewhere: 0 } : undefined,
    }));
    const table = new RowTable();
    for (const row of rows) table.add(row);
    expect(table.count).toBe(200);
    expect(rows.map((_, i) => table.at(i))).toEqual(rows);
  });
});

describe("the images that are tried", () => {
  const names = Array.from({ length: 100 }, (_, i) => `image ${i}`);

  it("are the same whatever the order of the names", () => {
    const [ranks, backwards] = [ranksOf(names), ranksOf([...names].reverse())];
    expect([...backwards].reverse()).toEqual([...ranks]);
    expect(byRank(ranks, 5).map((index) => ranks[index])).toEqual([0, 1, 2, 3, 4]);
  });

  it("are as many of one label as of another", () => {
    const labels = names.map((_, i) => (i < 90 ? 0 : 1));
    const some = evenlyByLabel(ranksOf(names), labels).slice(0, 8);
    expect(some.filter((index) => labels[index] === 1)).toHaveLength(4);
    const first = firstOfLabel(ranksOf(names), labels, 3);
    expect(first.reduce((sum, is) => sum + is, 0)).toBe(6);
  });
});
