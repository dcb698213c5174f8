/** @file The parts of verification on their own: pairs, exchanges, and the probe on features. */

import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { drawPairs, exchanged } from "../../../src/improve/verify/exchanges.js";
import { ridgeClassifier } from "../../../src/improve/verify/feature-probe.js";

describe("pairs", () => {
  const labels = [0, 0, 1, 1, 2];

  it("are of different classes, several donors for each image", () => {
    const pairs = drawPairs(labels, 3, false, random(1));
    expect(pairs).toHaveLength(15);
    for (const { host, donor } of pairs) expect(labels[host]).not.toBe(labels[donor]);
  });

  it("are of one class and never an image with itself, where there is another", () => {
    const pairs = drawPairs(labels, 2, true, random(1));
    expect(pairs.map(({ host }) => host)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    for (const { host, donor } of pairs) {
      expect(labels[host]).toBe(labels[donor]);
      expect(host).not.toBe(donor);
    }
  });

  it("give the host the donor's region and nothing else", () => {
    const mask = { width: 2, height: 1, places: Uint8Array.of(0, 1) };
    const pixels = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    const images = { pixels, labels: [0, 1], dims: [1, 1, 2] as const };
    expect(exchanged({ kind: "region", mask }, images, [{ host: 0, donor: 1 }])).toEqual([Uint8Array.of(1, 4)]);
  });
});

describe("ridge regression on features", () => {
  it("tells classes that a plane divides, also with more features than images", () => {
    const source = random(3);
    const rowOf = (label: number) =>
      Float32Array.from({ length: 40 }, (_, k) => source.normal() + (k === label ? 6 : 0));
    const labels = Array.from({ length: 30 }, (_, i) => i % 3);
    const judge = ridgeClassifier(labels.map(rowOf), labels, 3);
    expect(judge(labels.map(rowOf))).toEqual(labels);
  });

  it("has the weights of the normal equations: (X'X + λI)⁻¹ X'Y", () => {
    const rows = [Float32Array.of(2, 0), Float32Array.of(0, 1), Float32Array.of(-2, -1)];
    const judge = ridgeClassifier(rows, [0, 1, 1], 2);
    // By hand: the columns' means are 0, class 0's is 1/3. X'X = [8 2; 2 2], trace 10, λ = 1/3; w = (X'X + λ)⁻¹ X'(y - 1/3).
    const [a, b, d] = [8 + 1 / 3, 2, 2 + 1 / 3];
    const xy = [2 * (2 / 3) + -2 * -(1 / 3), 1 * -(1 / 3) + -1 * -(1 / 3)];
    const determinant = a * d - b * b;
    const weights = [
      (d * (xy[0] ?? 0) - b * (xy[1] ?? 0)) / determinant,
      (a * (xy[1] ?? 0) - b * (xy[0] ?? 0)) / determinant,
    ];
    for (const row of [Float32Array.of(1, 1), Float32Array.of(1, -1), Float32Array.of(-1, 5), Float32Array.of(0.1, -0.2)]) {
      const score = 1 / 3 + (row[0] ?? 0) * (weights[0] ?? 0) + (row[1] ?? 0) * (weights[1] ?? 0);
      expect(judge([row])).toEqual([score > 1 / 2 ? 0 : 1]);
    }
  });
});
