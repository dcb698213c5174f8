/** @file The arithmetic of the comparison with other tools. */

import { describe, expect, it } from "vitest";
import { turned } from "../../bench/peers/measure.js";
import { nearness, ratios, spread } from "../../bench/peers/numbers.js";
import { float32 } from "../../src/onnx/tensor.js";

const maps = (...values: readonly number[][]) => float32([values.length, 1, values[0]?.length ?? 0], values.flat());

describe("paired rounds", () => {
  it("are divided round by round, so that a slow round of the machine falls out", () => {
    // The second round took ten times as long for both.
    expect(ratios([20, 200, 22], [10, 100, 10])).toEqual([2, 2, 2.2]);
  });

  it("end with the shorter list", () => {
    expect(ratios([20, 30, 40], [10])).toEqual([2]);
  });

  it("have a median and quartiles", () => {
    expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
  });

  it("each begin with another side", () => {
    const rounds = [0, 1, 2, 3].map((i) => turned(["a", "b", "c"], i).join(""));
    expect(rounds).toEqual(["abc", "bca", "cab", "abc"]);
    expect(turned([], 1)).toEqual([]);
  });
});

describe("how near maps are", () => {
  it("does not depend on their units", () => {
    const { correlation, difference } = nearness(maps([0, 1, 4]), maps([10, 12, 18]));
    expect(correlation).toBeCloseTo(1, 12);
    expect(difference).toBeCloseTo(0, 12);
  });

  it("is computed by hand for a small map", () => {
    // Stretched: 0, 1/2, 1 and 0, 1, 1/2. Products of what differs from the means 1/2: 1/4; squares: 1/2 each.
    const { correlation, difference } = nearness(maps([0, 1, 2]), maps([0, 2, 1]));
    expect(correlation).toBeCloseTo(0.5, 12);
    expect(difference).toBeCloseTo(0.5, 12);
  });

  it("is that of the worst image", () => {
    const { correlation, difference } = nearness(maps([0, 1, 2], [0, 1, 2]), maps([0, 1, 2], [2, 1, 0]));
    expect(correlation).toBeCloseTo(-1, 12);
    expect(difference).toBeCloseTo(1, 12);
  });

  it("is NaN where a map is the same everywhere", () => {
    expect(nearness(maps([1, 1, 1]), maps([0, 1, 2]))).toEqual({ correlation: Number.NaN, difference: Number.NaN });
  });
});
