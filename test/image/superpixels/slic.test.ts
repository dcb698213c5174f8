/** @file Superpixels: what always holds of them, and how near they are to scikit-image's (`test/reference/make_shapley.py`). */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import type { Superpixels } from "../../../src/image/superpixels/connect.js";
import { connected } from "../../../src/image/superpixels/connect.js";
import { labOf } from "../../../src/image/superpixels/lab.js";
import { slic } from "../../../src/image/superpixels/slic.js";

interface Reference {
  readonly height: number;
  readonly width: number;
  readonly pictures: readonly {
    readonly pixels: readonly number[];
    readonly lab: readonly number[];
    readonly segments: readonly { readonly number: number; readonly compactness: number; readonly labels: number[] }[];
  }[];
}

const file = new URL("../../fixtures/superpixels.json", import.meta.url);
const { height, width, pictures } = JSON.parse(readFileSync(file, "utf8")) as Reference;
const pictureOf = (pixels: readonly number[]) => createPicture(width, height, 3, Uint8Array.from(pixels));

/** Hubert and Arabie 1985: 1 for the same division, about 0 for two that have nothing to do with one another. */
function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = (keys: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  };
  const [first, second] = [Array.from(a, String), Array.from(b, String)];
  const [both, left, right] = [count(first.map((key, i) => `${key} ${second[i]}`)), count(first), count(second)];
  const chance = (left * right) / ((first.length * (first.length - 1)) / 2);
  return (both - chance) / ((left + right) / 2 - chance);
}

/** How many connected pieces the superpixels have, by a search of its own over rows and columns. */
function pieces({ labels }: Superpixels, rows: number, columns: number): number {
  const seen = new Set<number>();
  let found = 0;
  for (let start = 0; start < labels.length; start++) {
    if (seen.has(start)) continue;
    found++;
    const queue = [start];
    seen.add(start);
    for (const place of queue) {
      const [row, column] = [Math.floor(place / columns), place % columns];
      const beside = [
        [row - 1, column],
        [row + 1, column],
        [row, column - 1],
        [row, column + 1],
      ] as const;
      for (const [r, c] of beside) {
        const other = r * columns + c;
        if (r < 0 || r >= rows || c < 0 || c >= columns || seen.has(other) || labels[other] !== labels[start]) continue;
        seen.add(other);
        queue.push(other);
      }
    }
  }
  return found;
}

describe("SLIC", () => {
  it.each(
    pictures.flatMap(({ pixels, segments }) => segments.map((segment) => [segment.number, pixels, segment] as const)),
  )("divides a picture into %i superpixels much as scikit-image does", (count, pixels, { compactness, labels }) => {
    const found = slic(labOf(pictureOf(pixels)), [height, width], { count, compactness });
    expect(adjustedRand(found.labels, labels)).toBeGreaterThan(0.7);
  });

  it("gives each place one connected superpixel, about as many as were asked for", () => {
    const source = random("pixels");
    for (const [rows, columns, asked] of [
      [40, 60, 1],
      [40, 60, 10],
      [61, 33, 50],
      [48, 64, 200],
    ] as const) {
      const noise = createPicture(
        columns,
        rows,
        3,
        Uint8Array.from({ length: rows * columns * 3 }, () => source.below(64)),
      );
      const found = slic(labOf(noise), [rows, columns], { count: asked });
      expect(new Set(found.labels)).toEqual(new Set(Array.from({ length: found.count }, (_, i) => i)));
      expect(pieces(found, rows, columns)).toBe(found.count);
      expect(found.count).toBeGreaterThanOrEqual(Math.floor(asked * 0.75));
      expect(found.count).toBeLessThanOrEqual(Math.ceil(asked * 1.4));
    }
  });

  it("is a grid where a picture has one colour", () => {
    const grey = createPicture(8, 6, 1, new Uint8Array(48).fill(90));
    const { labels, count } = slic(labOf(grey), [6, 8], { count: 12 });
    expect(count).toBe(12);
    expect([...labels.subarray(0, 8)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it("follows an edge between two colours", () => {
    const pixels = Uint8Array.from({ length: 30 * 30 * 3 }, (_, i) => (Math.floor(i / 3) % 30 < 11 ? 20 : 230));
    const { labels } = slic(labOf(createPicture(30, 30, 3, pixels)), [30, 30], { count: 9 });
    const left = new Set(labels.filter((_, i) => i % 30 < 11));
    expect(labels.every((label, i) => left.has(label) === i % 30 < 11)).toBe(true);
  });

  it("divides signals and volumes as well", () => {
    const signal = slic(
      Float32Array.from({ length: 40 }, (_, i) => (i < 17 ? 0 : 100)),
      [40],
      { count: 4 },
    );
    expect(signal.labels[16]).not.toBe(signal.labels[17]);
    const volume = slic(new Float32Array(4 * 6 * 6), [4, 6, 6], { count: 18 });
    expect(volume.count).toBe(18);
  });

  it("never has more superpixels than places", () => {
    const { labels, count } = slic(
      new Float32Array(6).map((_, i) => 50 * i),
      [2, 3],
      { count: 50 },
    );
    expect(count).toBe(6);
    expect([...labels]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

it("colours in CIELAB are scikit-image's", () => {
  for (const { pixels, lab } of pictures) {
    const ours = labOf(pictureOf(pixels));
    const picked: number[] = [];
    for (let y = 0; y < height; y += 7)
      for (let x = 0; x < width; x += 9) picked.push(...ours.subarray(3 * (y * width + x), 3 * (y * width + x) + 3));
    picked.forEach((value, i) => expect(Math.abs(value - (lab[i] ?? Number.NaN))).toBeLessThan(0.02));
  }
});

it("a small piece joins the neighbour with the longest border", () => {
  // A single place of 2 among 0 and 1, three of whose neighbours are 1.
  const labels = Int32Array.from([0, 1, 1, 1, 0, 1, 2, 1, 0, 0, 1, 1]);
  const { labels: joined, count } = connected(labels, [1, 3, 4], 2);
  expect(count).toBe(2);
  expect([...joined]).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1]);
});
