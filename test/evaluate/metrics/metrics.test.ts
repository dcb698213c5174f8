/** @file Metrics of maps against values computed by hand. */

import { describe, expect, it, test } from "vitest";
import { metricNamed } from "../../../src/evaluate/metrics/index.js";
import { intersectionOverUnion, largestPart } from "../../../src/evaluate/metrics/localisation/box-iou.js";
import { entropy } from "../../../src/evaluate/metrics/spread/complexity.js";
import { gini } from "../../../src/evaluate/metrics/spread/sparseness.js";
import { compareWithRandomMaps } from "../../../src/evaluate/studies/versus-random.js";
import { areaUnder, perturbationCurve, pixelOrder } from "../../../src/evaluate/trial/perturbation-curve.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { measured, rowMap, withTrial } from "./trials.js";

/** Two pixels that make up 0.7 and 0.3 of the probability. */
const two = { weights: [0.7, 0.3], map: rowMap(1, 0.5) };

describe("deletion and insertion", () => {
  it("are areas under lines between points", () => {
    expect(areaUnder({ shares: [0, 0.5, 1], probabilities: [1, 0.3, 0] })).toBeCloseTo(0.4, 12);
    expect(areaUnder({ shares: [0, 0.5, 1], probabilities: [0, 0.7, 1] })).toBeCloseTo(0.6, 12);
  });

  it("take and give the pixels with the most evidence first", async () => {
    await withTrial(two, async (trial) => {
      const order = pixelOrder(trial.map, 1);
      const taken = await perturbationCurve(trial, order, { keep: 0, replacement: "zero", steps: 2 });
      expect(taken.shares).toEqual([0, 0.5, 1]);
      [1, 0.3, 0].forEach((value, i) => expect(taken.probabilities[i]).toBeCloseTo(value, 6));
      const given = await perturbationCurve(trial, order, { keep: 1, replacement: "zero", steps: 2 });
      [0, 0.7, 1].forEach((value, i) => expect(given.probabilities[i]).toBeCloseTo(value, 6));
      expect([areaUnder(taken), areaUnder(given)]).toEqual([expect.closeTo(0.4, 6), expect.closeTo(0.6, 6)]);
    });
  });

  it("are each other's opposite: giving in one order is taking in the other, read from its end", async () => {
    const weights = [0.05, 0.3, 0.1, 0.2, 0.25, 0.1];
    await withTrial({ weights, map: rowMap(3, 1, 2, 6, 5, 4) }, async (trial) => {
      const order = pixelOrder(trial.map, 1);
      const options = { replacement: "blur", steps: 6 } as const;
      const given = await perturbationCurve(trial, order, { keep: 1, ...options });
      const taken = await perturbationCurve(trial, order.slice().reverse(), { keep: 0, ...options });
      expect([...taken.probabilities].reverse()).toEqual(given.probabilities);
      expect(areaUnder(taken)).toBeCloseTo(areaUnder(given), 12);
    });
  });

  it("use twenty steps: each takes one of twenty pixels of the same weight, whatever the map", async () => {
    const even = Array<number>(20).fill(0.05);
    const map = rowMap(...even.map((_, i) => (i * 7) % 20));
    expect(await measured(metricNamed("deletion"), { weights: even, map })).toBeCloseTo(0.5, 6);
    // The blur leaves an even row of ones as it is: there is nothing to give.
    expect(await measured(metricNamed("insertion"), { weights: even, map })).toBeUndefined();
  });

  it("tell a map that is right from its opposite", async () => {
    // What the blur spreads onto the other pixels has no weight.
    const weights = Array.from({ length: 20 }, (_, i) => (i % 2) * (i / 100));
    const pixels = weights.map((_, i) => i % 2);
    const right = rowMap(...weights.map((weight, i) => weight * (i % 2)));
    const wrong = rowMap(...weights.map((weight, i) => 1 - weight * (i % 2)));
    for (const [name, sign] of [
      ["deletion", -1],
      ["insertion", 1],
      ["road", 1],
      ["road-lerf", 1],
      ["road-morf", -1],
    ] as const) {
      const [good, bad] = [
        (await measured(metricNamed(name), { weights, pixels, map: right })) as number,
        (await measured(metricNamed(name), { weights, pixels, map: wrong })) as number,
      ];
      expect(sign * (good - bad), name).toBeGreaterThan(0.02);
    }
  });

  it("begin at the probability of an empty image and end at that of the whole one", async () => {
    const weights = Array.from({ length: 20 }, (_, i) => (0.4 * i) / 190);
    const map = rowMap(...weights);
    // Of 0.9, 0.5 is left without any pixel; the heaviest goes first.
    const left = Array.from({ length: 21 }, (_, gone) =>
      weights.slice(0, 20 - gone).reduce((sum, weight) => sum + weight, 0.5),
    );
    const area = left.slice(1).reduce((sum, after, i) => sum + (after + (left[i] as number)) / 40, 0);
    const found = await measured(metricNamed("deletion"), { weights, map, floor: 0.5 });
    expect(found).toBeCloseTo((area - 0.5) / 0.4, 5);
    expect(found).toBeCloseTo(
      (await measured(metricNamed("deletion"), { weights: weights.map((w) => w / 0.4), map })) ?? 0,
      5,
    );
  });

  it.each([
    "deletion",
    "insertion",
    "road",
    "road-lerf",
    "road-morf",
    "average-drop",
    "increase-in-confidence",
    "adcc",
  ])("%s measures nothing where an empty image has the class as well", async (name) => {
    const weights = Array.from({ length: 20 }, (_, i) => (i % 2) * 0.0005);
    const pixels = weights.map((_, i) => i % 2);
    expect(
      await measured(metricNamed(name), { weights, pixels, map: rowMap(...weights), floor: 0.99 }),
    ).toBeUndefined();
  });

  it("put pixels of equal value in an order of the seed's", () => {
    const flat = floatMap(8, 8, new Float32Array(64));
    const rows = Array.from({ length: 64 }, (_, i) => i);
    expect(pixelOrder(flat, 1)).toEqual(pixelOrder(flat, 1));
    expect(pixelOrder(flat, 1)).not.toEqual(pixelOrder(flat, 2));
    expect([...pixelOrder(flat, 1)].sort((a, b) => a - b)).toEqual(rows);
    expect([...pixelOrder(rowMap(1, 3, 2), 1)]).toEqual([1, 2, 0]);
  });
});

describe("average drop and increase in confidence", () => {
  test("what an empty image has cannot be lost: of 0.9 with 0.5 at no pixel, 0.6 is a drop of three quarters", async () => {
    const trial = { weights: [0.1, 0.3], map: rowMap(1, 0), floor: 0.5 };
    expect(await measured(metricNamed("average-drop"), trial)).toBeCloseTo(0.75, 5);
  });

  test("a score falling from 1 to 0.4 is a drop of 0.6, and no increase", async () => {
    const trial = { weights: [0.7, 0.3], map: rowMap(1 / 7, 1) };
    expect(await measured(metricNamed("average-drop"), trial)).toBeCloseTo(0.6, 6);
    expect(await measured(metricNamed("increase-in-confidence"), trial)).toBe(0);
  });

  test("a rise is no drop, and an increase", async () => {
    // The second pixel speaks against the class: without it 0.9 is left of it.
    const trial = { weights: [0.9, -0.3], map: rowMap(1, 0) };
    expect(await measured(metricNamed("average-drop"), trial)).toBe(0);
    expect(await measured(metricNamed("increase-in-confidence"), trial)).toBe(1);
  });

  test("a map that is the same everywhere keeps the whole image", async () => {
    const trial = { weights: [0.7, 0.3], map: rowMap(3) };
    expect(await measured(metricNamed("average-drop"), trial)).toBe(0);
    expect(await measured(metricNamed("increase-in-confidence"), trial)).toBe(0);
  });
});

test("ADCC is the harmonic mean of coherency, 1 - complexity and 1 - average drop", async () => {
  // Kept: 0.7 of 1; complexity: 1/2; the map of what is kept is the same: coherency 1.
  const trial = { weights: [0.7, 0.3], map: rowMap(1, 0) };
  expect(await measured(metricNamed("adcc"), trial)).toBeCloseTo(3 / (1 + 1 / 0.5 + 1 / 0.7), 6);
  const turned = async () => [rowMap(0, 1)];
  expect(await measured(metricNamed("adcc"), { ...trial, explain: turned })).toBe(0);
  const flat = async () => [rowMap(0, 0)];
  expect(await measured(metricNamed("adcc"), { ...trial, explain: flat })).toBeCloseTo(
    3 / (1 / 0.5 + 1 / 0.5 + 1 / 0.7),
    6,
  );
});

describe("infidelity", () => {
  const weights = [0.02, 0.3, 0.08, 0, 0.2, 0.1, 0.05, 0.25].map((weight) => weight / 2);
  const pixels = [1, 0.5, 1, 1, 0.25, 1, 1, 0.5];
  const of = (map: readonly number[]) =>
    measured(metricNamed("infidelity"), { weights, pixels, size: [2, 4], map: floatMap(4, 2, Float32Array.from(map)) });

  it("is 0 for a linear model's own contributions, in whatever unit", async () => {
    expect(await of(weights.map((weight, i) => 40 * weight * (pixels[i] as number)))).toBeCloseTo(0, 5);
  });

  it("is 1 for a map that tells nothing, and larger for another map", async () => {
    expect(await of(Array(8).fill(0))).toBe(1);
    expect(await of([1, 0, 0, 1, 0, 0, 0, 0])).toBeGreaterThan(0.3);
  });
});

test("max-sensitivity is the largest change of the map relative to it", async () => {
  const map = rowMap(3, 4);
  const explain = async () => [rowMap(3, 4), rowMap(3, 6), rowMap(0, 4), rowMap(2, 4)];
  expect(await measured(metricNamed("max-sensitivity"), { weights: [0.5, 0.5], map, explain })).toBeCloseTo(3 / 5, 6);
});

test("max-sensitivity moves no pixel by more than 0.02", async () => {
  await withTrial(two, async ({ network, image }) => {
    const jittered = network.jittered(image, 50, 0.02, 1);
    expect(jittered.dims).toEqual([50, 1, 1, 2]);
    const moves = floats(jittered).map((value) => Math.abs(value - 1));
    expect(Math.max(...moves)).toBeLessThanOrEqual(0.0200001);
    expect(Math.max(...moves)).toBeGreaterThan(0.019);
  });
});

describe("sparseness and complexity", () => {
  it("know a single point and a uniform map", () => {
    expect(gini(Float32Array.of(0, 0, 5, 0))).toBeCloseTo(0.75, 12);
    expect(gini(Float32Array.of(2, 2, 2, 2))).toBeCloseTo(0, 12);
    expect(entropy(Float32Array.of(0, 0, 5, 0))).toBeCloseTo(0, 12);
    expect(entropy(Float32Array.of(2, 2, 2, 2))).toBeCloseTo(Math.log(4), 12);
  });

  it("agree with the mean absolute difference and with shares written out", () => {
    const values = [1, 3, 6];
    // Gini as half the mean absolute difference over the mean: (2 + 5 + 3) * 2 / 9 / 2 / (10 / 3).
    expect(gini(Float32Array.from(values))).toBeCloseTo(20 / 9 / 2 / (10 / 3), 12);
    const expected = -values.reduce((sum, value) => sum + (value / 10) * Math.log(value / 10), 0);
    expect(entropy(Float32Array.from(values))).toBeCloseTo(expected, 12);
  });
});

describe("measures of where the object is", () => {
  // 4 rows of 5; the object is the box of 2 x 2 in the lower right.
  const boxes = [{ x: 3, y: 2, width: 2, height: 2 }];
  const values = Float32Array.of(...[0, 0, 0, 0, 0], ...[0, 4, 0, 0, 0], ...[0, 0, 0, 8, 2], ...[0, 0, 0, 2, 0]);
  const trial = { weights: Array<number>(20).fill(0.05), size: [4, 5], map: floatMap(5, 4, values) } as const;

  it.each([
    ["pointing-game", 1],
    ["energy-pointing-game", 12 / 16],
    // At 15 % of 8 the part is three pixels in a box of 2 x 2.
    ["box-iou", 1],
    // The top twentieth is one pixel.
    ["top-k-intersection", 1],
  ])("%s", async (name, expected) => {
    expect(await measured(metricNamed(name), { ...trial, boxes })).toBeCloseTo(expected, 6);
    const elsewhere = [{ x: 0, y: 0, width: 1, height: 1 }];
    expect(await measured(metricNamed(name), { ...trial, boxes: elsewhere })).toBe(0);
    expect(await measured(metricNamed(name), trial)).toBeUndefined();
  });

  it("takes the largest part whose pixels touch at their sides", () => {
    const rows = ["#..#.", "#...#", ".#...", "..###"];
    const map = floatMap(
      5,
      4,
      Float32Array.from(rows.join(""), (mark) => (mark === "#" ? 1 : 0)),
    );
    expect(largestPart(map, 0.5)).toEqual({ x: 2, y: 3, width: 3, height: 1 });
  });

  it("divides intersection by union", () => {
    const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
    expect(intersectionOverUnion(box(0, 0, 4, 4), box(2, 2, 4, 4))).toBeCloseTo(4 / 28, 12);
    expect(intersectionOverUnion(box(0, 0, 1, 1), box(1, 0, 1, 1))).toBe(0);
  });
});

test("an unknown metric is refused with those that there are", () => {
  expect(() => metricNamed("delete")).toThrow('unknown metric "delete": expected one of deletion');
});

test("a map that is right beats all random ones, its opposite none", async () => {
  const weights = Array.from({ length: 20 }, (_, i) => (i * 7) % 20).map((rank) => rank / 190);
  for (const [sign, beaten] of [
    [1, 10],
    [-1, 0],
  ] as const) {
    const map = rowMap(...weights.map((weight) => 0.2 + sign * weight));
    const found = await withTrial({ weights, map }, (trial) => compareWithRandomMaps(trial, { metrics: ["deletion"] }));
    expect(found).toMatchObject([{ metric: "deletion", better: "lower", draws: 10, beaten }]);
    expect(found[0]?.random.mean).toBeCloseTo(0.5, 1);
  }
});

test("keeping everything leaves an image as it is, bit for bit", async () => {
  const pixels = [0.1, 0.7, 1 / 3];
  await withTrial({ weights: [0.2, 0.3, 0.4], map: rowMap(1, 2, 3), pixels }, async ({ network, image }) => {
    for (const replacement of ["zero", "blur"] as const) {
      const { data } = await network.blended(image, [new Float32Array(3).fill(1)], replacement);
      expect(data).toEqual(float32([3], pixels).data);
    }
  });
});
