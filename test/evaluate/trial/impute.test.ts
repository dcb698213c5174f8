/** @file Noisy linear imputation against the same equations solved directly. */

import { expect, it } from "vitest";
import { imputeGraph } from "../../../src/evaluate/trial/impute.js";
import { random } from "../../../src/foundation/random.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

/** Rong et al. 2022, section 4.2, as they write it: a linear system over the removed pixels, here by Gaussian elimination. */
function solvedDirectly(image: Float32Array, keep: Float32Array, height: number, width: number): number[] {
  const removed = Array.from(keep.keys()).filter((i) => keep[i] === 0);
  const rows = removed.map((i) => {
    const row = Array<number>(removed.length + 1).fill(0);
    const [x, y] = [i % width, Math.floor(i / width)];
    for (const [dx, dy] of [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => [a, b] as const))) {
      const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
      if ((dx === 0 && dy === 0) || !inside) continue;
      const weight = dx !== 0 && dy !== 0 ? 1 / 12 : 1 / 6;
      const near = i + dy * width + dx;
      row[removed.indexOf(i)] = (row[removed.indexOf(i)] as number) + weight;
      if (keep[near] === 1) row[removed.length] = (row[removed.length] as number) + weight * (image[near] as number);
      else row[removed.indexOf(near)] = -weight;
    }
    return row;
  });
  for (const [k, pivot] of rows.entries()) {
    for (const [j, row] of rows.entries()) {
      if (j === k) continue;
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let c = k; c < row.length; c++) row[c] = (row[c] as number) - factor * (pivot[c] as number);
    }
  }
  const values = rows.map((row, k) => (row[removed.length] as number) / (row[k] as number));
  return Array.from(image, (value, i) => (keep[i] === 1 ? value : (values[removed.indexOf(i)] as number)));
}

const [height, width] = [13, 18];
const area = height * width;
const source = random("impute");
const image = Float32Array.from({ length: 3 * area }, (_, i) => (i % width) / width + 0.3 * source.normal());
const keeps = [
  Array.from({ length: area }, () => (source.uniform() < 0.6 ? 0 : 1)),
  Array.from({ length: area }, (_, i) => (i % width > 2 && i % width < 16 && i > 2 * width ? 0 : 1)),
  Array.from({ length: area }, (_, i) => (i === 40 ? 1 : 0)),
].map((keep) => Float32Array.from(keep));
const half = { unit: float32([1, 3, 1, 1], [1, 2, 0.5]), deviation: float32([1, 3, 1, 1], [0, 0, 0]) };

async function imputed(last: boolean, deviation = half.deviation) {
  const session = await runtime.open(imputeGraph({ height, width }, last));
  const turned = (values: Float32Array) =>
    last ? Float32Array.from(values, (_, i) => values[(i % 3) * area + Math.floor(i / 3)] as number) : values;
  const dims = last ? [1, height, width, 3] : [1, 3, height, width];
  const byChannel = (tensor: typeof half.unit) => float32(last ? [1, 1, 1, 3] : [1, 3, 1, 1], floats(tensor));
  const noise = Float32Array.from({ length: image.length }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const { result } = await session.run({
    image: float32(dims, turned(image)),
    keep: float32(
      last ? [3, height, width, 1] : [3, 1, height, width],
      Float32Array.from(keeps.flatMap((k) => [...k])),
    ),
    noise: float32(dims, turned(noise)),
    unit: byChannel(half.unit),
    deviation: byChannel(deviation),
  });
  await session.close();
  return result;
}

it("solves the authors' equations within a hundredth of the range of pixels, and keeps what is known bit for bit", async () => {
  const result = await imputed(false);
  expect(result?.dims).toEqual([3, 3, height, width]);
  let worst = 0;
  for (const [k, keep] of keeps.entries()) {
    for (let c = 0; c < 3; c++) {
      const from = (k * 3 + c) * area;
      const [found, given] = [
        floats(result as never).subarray(from, from + area),
        image.subarray(c * area, (c + 1) * area),
      ];
      const expected = solvedDirectly(given, keep, height, width);
      const range = [1, 2, 0.5][c] as number;
      found.forEach((value, i) => {
        if (keep[i] === 1) expect(value).toBe(given[i]);
        worst = Math.max(worst, Math.abs(value - (expected[i] as number)) / range);
      });
    }
  }
  expect(worst).toBeLessThan(3e-3);
});

it("knows channels that come last", async () => {
  const [first, last] = [await imputed(false), await imputed(true)];
  expect(last?.dims).toEqual([3, height, width, 3]);
  const values = floats(last as never);
  floats(first as never).forEach((value, i) => {
    const [k, c, at] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
    expect(values[(k * area + at) * 3 + c]).toBeCloseTo(value, 5);
  });
});

it("adds noise to what is made up only", async () => {
  const [plain, noisy] = [await imputed(false), await imputed(false, float32([1, 3, 1, 1], [0.25, 0.5, 1]))];
  const [a, b] = [floats(plain as never), floats(noisy as never)];
  for (const i of a.keys()) {
    const [k, c, at] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
    const sign = (c * area + at) % 2 === 0 ? 1 : -1;
    const expected = keeps[k]?.[at] === 1 ? 0 : sign * ([0.25, 0.5, 1][c] as number);
    expect((b[i] as number) - (a[i] as number)).toBeCloseTo(expected, 4);
  }
});
