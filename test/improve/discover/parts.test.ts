/** @file The parts of discovery on their own: clusters, what numbers tell, and regions, against values known beforehand. */

import { describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { random } from "../../../src/foundation/random.js";
import {
  areaOf,
  boundsOf,
  concentrationIn,
  contentReader,
  meanMap,
  offObject,
  overlap,
  regionAbove,
} from "../../../src/improve/discover/regions.js";
import { spectralClusters } from "../../../src/improve/discover/spectral.js";
import { tellsLabel } from "../../../src/improve/discover/tells.js";
import { imageSetOf, splitByName } from "../../../src/improve/image-set.js";

describe("spectral clusters", () => {
  const source = random(1);
  const around = (x: number, y: number) => [x + 0.3 * source.normal(), y + 0.3 * source.normal()];
  const ring = (radius: number, i: number) => [radius * Math.cos(i), radius * Math.sin(i)];

  it("finds groups that lie apart", () => {
    const points = Array.from({ length: 45 }, (_, i) => around(10 * (i % 3), 0));
    const clusters = spectralClusters(points, { seed: 1 });
    for (const [i, cluster] of clusters.entries()) expect(cluster).toBe(clusters[i % 3]);
    expect(new Set(clusters).size).toBe(3);
  });

  it("tells a ring from the ring about it, which no k-means on the points does", () => {
    const points = Array.from({ length: 120 }, (_, i) => ring(i % 2 === 0 ? 1 : 5, i));
    const clusters = spectralClusters(points, { seed: 1 });
    for (const [i, cluster] of clusters.entries()) expect(cluster).toBe(clusters[i % 2]);
    expect(clusters[0]).not.toBe(clusters[1]);
  });

  it("leaves few points together", () => {
    expect(spectralClusters([[0], [1], [9]], { seed: 1 })).toEqual([0, 0, 0]);
  });
});

describe("what numbers tell of the label", () => {
  const labels = Array.from({ length: 300 }, (_, i) => i % 3);
  const pixels = labels.map((label) => Uint8Array.of(label));

  it("is everything where the number is the label", () => {
    const { right, chance, information } = tellsLabel({ pixels, labels, classes: 3 }, ([label = 0]) => [10 * label]);
    expect(right.value).toBe(1);
    expect(chance).toBeCloseTo(1 / 3);
    expect(information).toBeCloseTo(Math.log2(3));
  });

  it("is nothing where the number has nothing to do with it", () => {
    const source = random(2);
    const { right, information } = tellsLabel({ pixels, labels, classes: 3 }, () => [source.normal()]);
    expect(right.value).toBeLessThan(0.45);
    expect(information).toBeLessThan(0.1);
  });
});

describe("regions", () => {
  const map = { width: 4, height: 2, values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0.2) };
  const mask = regionAbove(map, 0.25, 4, 2);

  it("lie where a map is above a share of its peak", () => {
    expect([...mask.places]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
    expect(areaOf(mask)).toBe(0.25);
    expect(boundsOf(mask)).toEqual({ x: 0, y: 0, width: 1, height: 2 });
  });

  it("hold so much of the map for their size", () => {
    expect(concentrationIn(mask, [map])).toBeCloseTo(2 / 2.2 / 0.25);
    const even = { width: 4, height: 2, values: new Float32Array(8).fill(1) };
    expect(concentrationIn(mask, [even])).toBeCloseTo(1);
    expect(concentrationIn(mask, [{ ...even, values: new Float32Array(8) }])).toBe(0);
  });

  it("overlap by what they share of both", () => {
    expect(overlap(mask, mask)).toBe(1);
    const other = { ...mask, places: Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0) };
    expect(overlap(mask, other)).toBeCloseTo(1 / 3);
  });

  it("are off the object by what lies outside its boxes", () => {
    expect(offObject(mask, [[{ x: 0, y: 0, width: 4, height: 1 }]])).toBe(0.5);
    expect(offObject(mask, [[]])).toBeNull();
  });

  it("have a content that what lies outside them does not change", () => {
    const image = Uint8Array.of(9, 1, 2, 3, 5, 4, 5, 6);
    const changed = Uint8Array.of(9, 8, 8, 8, 5, 8, 8, 8);
    expect(contentReader(mask)(image)).toEqual(contentReader(mask)(changed));
    expect(contentReader(mask)(image)).not.toEqual(contentReader(mask)(image.map((value) => value + 1)));
  });

  it("come from the mean of maps", () => {
    const other = { ...map, values: Float32Array.of(0, 1, 0, 0, 1, 0, 0, 0.2) };
    expect(meanMap([map, other]).values.slice(0, 5)).toEqual(Float32Array.of(0.5, 0.5, 0, 0, 1));
  });
});

it("an image stays in its part whatever others are added", () => {
  const few = imageSetOf(drawDigits({ train: 50, test: 0 }).train, "train/");
  const many = imageSetOf(drawDigits({ train: 400, test: 0 }).train, "train/");
  const [small, large] = [few, many].map((set) => splitByName(set, 0.2, "1"));
  const names = new Set(few.names);
  expect(small?.validation.names).toEqual(large?.validation.names.filter((name) => names.has(name)));
  expect((large?.validation.count ?? 0) / 400).toBeCloseTo(0.2, 1);
  expect((large?.train.count ?? 0) + (large?.validation.count ?? 0)).toBe(400);
});
