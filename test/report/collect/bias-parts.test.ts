/** @file What the bias page is computed from: exchange, changed views, shares of evidence, groups of maps; by hand. */

import { describe, expect, test } from "vitest";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import { hottest, shiftMask } from "../../../src/image/map/mask.js";
import type { Model } from "../../../src/model/model.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { placeOf } from "../../../src/report/collect/errors/collect-error-groups.js";
import { oftenRight } from "../../../src/report/collect/errors/collect-errors.js";
import { groupMaps } from "../../../src/report/collect/errors/group-maps.js";
import { evidenceShares } from "../../../src/report/collect/observe/evidence-shares.js";
import { exchangePart } from "../../../src/report/collect/observe/exchange.js";
import { viewsOf } from "../../../src/report/collect/observe/views.js";

const map = (width: number, values: readonly number[]): FloatMap => ({
  width,
  height: values.length / width,
  values: Float32Array.from(values),
});

const emptyGraph = new Builder().graph;

/** A model of no layers, with an input of that shape. */
const modelOf = (dims: readonly number[]): Model =>
  ({
    graph: emptyGraph,
    input: { name: "x", type: "float32", dims },
    card: {
      preprocessing: {
        ...(dims[1] === 1
          ? { channels: 1, height: dims[2], width: dims[3] }
          : { height: dims[1], width: dims[2], channels: dims[3], layout: "nhwc" }),
        scale: 1,
        mean: Array(dims[1] === 1 ? 1 : dims[3]).fill(0),
        std: Array(dims[1] === 1 ? 1 : dims[3]).fill(1),
      },
    },
  }) as unknown as Model;

describe("hottest(map, share)", () => {
  test("takes the share of the highest values, of equal ones the first", () => {
    expect([...hottest(map(4, [0.1, 3, 2, 2, 0, 1, 2, 0]), 0.375).places]).toEqual([0, 1, 1, 1, 0, 0, 0, 0]);
  });

  test("never takes a value that is not above zero", () => {
    expect([...hottest(map(4, [0, 3, 0, 0, 0, 1, 0, -2]), 0.5).places]).toEqual([0, 1, 0, 0, 0, 1, 0, 0]);
    expect([...hottest(map(2, [0, 0, 0, 0]), 0.5).places]).toEqual([0, 0, 0, 0]);
  });
});

test("moved(mask, across, down) keeps the shape, around the edges", () => {
  const mask = { width: 3, height: 2, places: Uint8Array.of(0, 1, 1, 0, 0, 1) };
  expect([...shiftMask(mask, 1, 1).places]).toEqual([1, 0, 0, 1, 0, 1]);
  expect([...shiftMask(mask, 0, 0).places]).toEqual([...mask.places]);
});

test("exchangePart(model, input, donor, mask) takes every channel of what is masked from the donor, however inputs lie", () => {
  const places = Uint8Array.from({ length: 4 }, (_, i) => (i === 1 ? 1 : 0));
  const mask = { width: 2, height: 2, places };
  const values = (from: number, size: number) => Array.from({ length: size }, (_, i) => from + i);
  const last = [1, 2, 2, 3] as const;
  const exchanged = exchangePart(modelOf(last), float32(last, values(0, 12)), float32(last, values(100, 12)), mask);
  expect([...floats(exchanged)]).toEqual([0, 1, 2, 103, 104, 105, 6, 7, 8, 9, 10, 11]);
  const grey = [1, 1, 2, 2] as const;
  const first = exchangePart(modelOf(grey), float32(grey, values(0, 4)), float32(grey, values(100, 4)), mask);
  expect([...floats(first)]).toEqual([0, 101, 2, 3]);
});

test("viewsOf(model, input, images) shifts to four sides, and mirrors what may be mirrored", () => {
  const model = modelOf([1, 1, 2, 3]);
  const input = float32([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
  const views = (mirrored: boolean) => viewsOf(model, input, { mirrored }).map((view) => [...floats(view)]);
  const shifted = [
    [1, 1, 2, 4, 4, 5],
    [2, 3, 3, 5, 6, 6],
    [1, 2, 3, 1, 2, 3],
    [4, 5, 6, 4, 5, 6],
  ];
  expect(views(false)).toEqual(shifted);
  expect(views(true)).toEqual([...shifted, [3, 2, 1, 6, 5, 4]]);
});

describe("evidenceShares(map, size, seen, boxes)", () => {
  const size = { width: 200, height: 100 };
  const whole = { x: 0, y: 0, ...size };

  test("gives a uniform map the shares of the area", () => {
    const shares = evidenceShares(map(1, [5]), size, whole, [{ x: 0, y: 0, width: 50, height: 100 }]);
    // The border leaves 0.8 of each side; the corners are four times 0.2 of each.
    for (const [share, even] of [
      [shares?.border, 0.36],
      [shares?.corners, 0.16],
      [shares?.object, 0.25],
    ] as const) {
      expect(share?.even).toBeCloseTo(even, 3);
      expect(share?.share).toBeCloseTo(even, 3);
    }
  });

  test("counts what the network did not see as empty, for the uniform map too", () => {
    const seen = { x: 50, y: 0, width: 100, height: 100 };
    const shares = evidenceShares(map(1, [1]), size, seen, [{ x: 100, y: 0, width: 100, height: 100 }]);
    expect(shares?.object?.even).toBeCloseTo(0.5, 3);
    expect(shares?.corners.even).toBe(0);
    expect(shares?.border.even).toBeCloseTo(0.2, 3);
  });

  test("gives the smallest part that holds half of the evidence, next to half of what a uniform map covers", () => {
    const uniform = evidenceShares(map(1, [5]), size, whole, undefined);
    expect(uniform?.half.share).toBeCloseTo(0.5, 2);
    expect(uniform?.half.even).toBeCloseTo(0.5, 2);
    const seen = { x: 0, y: 0, width: 100, height: 100 };
    expect(evidenceShares(map(1, [1]), size, seen, undefined)?.half.even).toBeCloseTo(0.25, 2);
    const spots = map(
      20,
      Array.from({ length: 400 }, (_, i) => (i % 20 === 10 ? 1 : 0)),
    );
    expect(
      evidenceShares(spots, { width: 20, height: 20 }, { x: 0, y: 0, width: 20, height: 20 }, undefined)?.half.share,
    ).toBeLessThan(0.06);
  });

  test("says nothing of a blank map, and of the object only with boxes", () => {
    expect(evidenceShares(map(2, [0, 0, 0, 0]), size, whole, undefined)).toBeUndefined();
    expect(evidenceShares(map(2, [1, 0, 0, 0]), size, whole, undefined)).not.toHaveProperty("object");
  });
});

describe("groupMaps(maps)", () => {
  const spot = (x: number, y: number, peak = 1) =>
    map(
      16,
      Array.from({ length: 256 }, (_, i) => (Math.hypot((i % 16) - x, Math.floor(i / 16) - y) < 3 ? peak : 0)),
    );

  test("puts maps together whose evidence lies at the same place, however strong, the largest group first", () => {
    const maps = [spot(3, 3), spot(12, 12), spot(3, 4, 50), spot(12, 3), spot(4, 3, 0.01), spot(12, 11)];
    expect(groupMaps(maps)).toEqual([[0, 2, 4], [1, 5], [3]]);
  });

  test("leaves out blank maps, and takes none", () => {
    expect(groupMaps([spot(3, 3), map(2, [0, 0, 0, 0])])).toEqual([[0]]);
    expect(groupMaps([])).toEqual([]);
  });

  test("compares groups by the mean over their members, so that a chain is not one group", () => {
    const chain = Array.from({ length: 6 }, (_, i) => spot(2 + 2 * i, 8));
    const groups = groupMaps(chain);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const group of groups) expect(Math.max(...group) - Math.min(...group)).toBe(group.length - 1);
  });
});

test("placeOf(map) names the ninth with the most evidence", () => {
  const only = (place: number) =>
    map(
      3,
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => (i === place ? 1 : 0)),
    );
  expect([0, 1, 4, 5, 7].map((place) => placeOf(only(place)))).toEqual([
    "at the upper left",
    "at the top",
    "in the middle",
    "on the right",
    "at the bottom",
  ]);
  expect(placeOf(map(3, Array(9).fill(1)))).toBe("all over the image");
});

test("oftenRight(study, index) asks how many of the others are right of which the model is as sure", () => {
  // Errors at 0 and 12: of the 20 others, all at least as sure, 19 are right, then 18, then 17.
  const labels = Array(21).fill(0);
  const predicted = labels.map((_, i) => (i === 0 || i === 12 ? 1 : 0));
  const confidence = labels.map((_, i) => (i <= 12 ? 0.9 : 0.95));
  expect(oftenRight({ labels, predicted, confidence }, 12)).toBe(true);
  predicted[14] = 1;
  expect(oftenRight({ labels, predicted, confidence }, 12)).toBe(true);
  predicted[15] = 1;
  expect(oftenRight({ labels, predicted, confidence }, 12)).toBe(false);
  expect(oftenRight({ labels: [0], predicted: [1], confidence: [0.9] }, 0)).toBe(true);
});
