/** @file Two maps on a coarse grid: values computed by hand, and how often chance passes for agreement. */

import { describe, expect, it } from "vitest";
import { compareGrids } from "../../../src/evaluate/agreement/compare-grids.js";
import { random } from "../../../src/foundation/random.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import { resizeMap } from "../../../src/image/picture/resize.js";
import { share } from "../../support/share.js";

const row = (...values: number[]): FloatMap => ({ width: values.length, height: 1, values: Float32Array.from(values) });

describe("compareGrids()", () => {
  it("finds a map equal to itself, which no other place of it is", () => {
    // Five shifts, and five of the mirrored row: one of ten is the row itself.
    expect(compareGrids(row(5, 4, 3, 2, 1), row(5, 4, 3, 2, 1))).toEqual({ correlation: 1, overlap: 1, pValue: 0.1 });
  });

  it("gives the correlation of ranks, and the overlap of the hottest fifth", () => {
    // 1 - 6 (1 + 1) / (5 · 24); the hottest of five is the first in one row and the second in the other.
    const compared = compareGrids(row(50, 40, 3, 2, -1), row(4, 9, 3, 2, 1));
    expect(compared).toEqual({ correlation: expect.closeTo(0.9, 9), overlap: 0, pValue: 0.1 });
  });

  it("counts the places at which chance does as well", () => {
    // 1 - 6 (16 + 4) / (5 · 24) = 0. Ranks of the distance from the middle are 1.5 -0.5 -2 -0.5 1.5: of -2 2 1 0 -1 they predict -7.5 / 9
    // of themselves, and leave -0.75 1.583 -0.667 -0.417 0.25. With 2 1 0 -1 -2, which they do not predict, that has the products 0, 3.75,
    // -4.167, -0.833 and 1.25 at its five places, and the same with the other sign mirrored: six of ten are at least 0.
    const compared = compareGrids(row(5, 4, 3, 2, 1), row(1, 5, 4, 3, 2));
    expect(compared).toEqual({ correlation: expect.closeTo(0, 9), overlap: 0, pValue: 0.6 });
  });

  it("does not take for agreement that both lie in the middle", () => {
    const middle = (steepness: number): FloatMap => {
      const values = Float32Array.from({ length: 49 }, (_, i) =>
        Math.exp(-steepness * Math.hypot((i % 7) - 3, Math.floor(i / 7) - 3)),
      );
      return { width: 7, height: 7, values };
    };
    const compared = compareGrids(middle(1), middle(2));
    expect(compared?.correlation).toBeCloseTo(1, 6);
    expect(compared?.pValue).toBe(1);
  });

  it("is the same both ways", () => {
    const source = random(3);
    const [a, b] = [noise(source), noise(source)];
    expect(compareGrids(a, b)?.pValue).toBe(compareGrids(b, a)?.pValue);
  });

  it("has nothing to compare where a map is the same everywhere", () => {
    expect(compareGrids(row(1, 2, 3), row(2, 2, 2))).toBeUndefined();
    expect(compareGrids(row(1, 2, 3), row(2, Number.NaN, 1))).toBeUndefined();
  });

  it.each(share([3, 4, 7], 3))(
    "takes maps that know nothing of each other for alike in about one of twenty cases, with %d places along",
    (places) => {
      const source = random(`chance/${places}`);
      const pairs = Array.from({ length: 600 }, () => compareGrids(noise(source, places), noise(source, 7)));
      const share = pairs.filter((pair) => (pair?.pValue ?? 1) <= 0.05).length / pairs.length;
      // Three standard deviations of a share of 0.05 among 600 are 0.027.
      expect(share).toBeLessThan(0.077);
      expect(share).toBeGreaterThan(0.02);
    },
  );
});

/** Noise of so many places along, brought to seven: the fewer, the smoother. */
function noise(source: ReturnType<typeof random>, places = 7): FloatMap {
  const values = Float32Array.from({ length: places * places }, source.uniform);
  return resizeMap({ width: places, height: places, values }, 7, 7, { antialias: true });
}
