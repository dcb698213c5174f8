/** @file Methods of many passes against plain loops: own masks, one image at a time, through a session of the untouched file. */

import { afterAll, describe, expect, it } from "vitest";
import { createExplainer } from "../../../../src/explain/explainer.js";
import type { Explanation } from "../../../../src/explain/explanation.js";
import { occlusionWith } from "../../../../src/explain/methods/occlusion.js";
import { riseWith } from "../../../../src/explain/methods/rise.js";
import { ssCam } from "../../../../src/explain/methods/ss-cam.js";
import { openModel } from "../../../../src/model/open.js";
import { prune } from "../../../../src/onnx/prune.js";
import { float32, floats, numbers, type Tensor } from "../../../../src/onnx/tensor.js";
import { noSuperpixels } from "../../../support/models/no-superpixels.js";
import { runtime } from "../../../support/runtime.js";
import { convNet, images } from "../../architectures/networks.js";

const graph = convNet({ skip: true });
for (const name of ["inner", "stem"]) graph.types.set(name, { type: "float32", dims: ["N", 3, 6, 6] });
const session = await runtime.open(graph);
const inner = await runtime.open(prune(graph, ["inner"]));
/** From the layer and its skip connection on. */
const behind = await runtime.open(prune(graph, ["y"], ["inner", "stem"]));
const stem = await runtime.open(prune(graph, ["stem"]));
afterAll(() => Promise.all([session, inner, behind, stem].map((each) => each.close())));

const [side, pixels, label] = [6, 36, 2];
const image = images(1);
const input = floats(image);

const scoresOf = async (x: Tensor) => [...floats((await session.run({ x })).y as Tensor)];
const softmax = (values: readonly number[]) => {
  const powers = values.map((value) => Math.exp(value - Math.max(...values)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};
/** What is measured of the image under a mask of one number per pixel. */
const underMask = async (mask: ArrayLike<number>, of: (scores: number[]) => number[]) =>
  of(
    await scoresOf(
      float32(
        image.dims,
        input.map((value, i) => value * (mask[i % pixels] as number)),
      ),
    ),
  )[label] as number;
const same = (scores: number[]) => scores;

async function explained(method: Parameters<typeof createExplainer>[1]["method"], options = {}): Promise<Explanation> {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, ...(method ? { method } : {}), ...options });
  try {
    return await explainer.explain(image, { classes: [label] });
  } finally {
    await explainer.close();
  }
}

function close(actual: Tensor | undefined, expected: readonly number[], tolerance = 1e-5): void {
  const found = numbers(actual as Tensor);
  expect(found.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  expected.forEach((value, i) => expect(Math.abs(value - (found[i] as number)) / scale).toBeLessThan(tolerance));
}

/** The channels of the layer, which is as large as the image: nothing is resized. */
const channels = async () => {
  const all = floats((await inner.run({ x: image })).inner as Tensor);
  return [0, 1, 2].map((k) => [...all.subarray(k * pixels, (k + 1) * pixels)]);
};
const scaled = (values: readonly number[]) => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (value - least) / (most - least));
};
const weighted = (weights: readonly number[], maps: readonly (readonly number[])[]) =>
  Array.from({ length: pixels }, (_, i) =>
    weights.reduce((sum, weight, k) => sum + weight * (maps[k]?.[i] as number), 0),
  );

describe("against a loop over its masks,", () => {
  it("Score-CAM agrees", async () => {
    const maps = await channels();
    const scores = [];
    for (const map of maps) scores.push(await underMask(scaled(map), same));
    const { evidence, weights } = await explained("score-cam", { layer: "inner" });
    close(weights, softmax(scores));
    close(evidence, weighted(softmax(scores), maps));
  });

  it("SS-CAM agrees, for the noise that it draws", async () => {
    const plan = ssCam.plan({
      channels: [0, 1, 2],
      sizes: [side, side],
      samples: 4,
      seed: 5,
      superpixels: noSuperpixels,
    });
    const noise = floats(plan.shared?.noise as Tensor);
    expect(plan.count).toBe(12);
    const maps = await channels();
    const means = [];
    for (const map of maps) {
      let sum = 0;
      for (let n = 0; n < 4; n++) {
        const mask = scaled(map).map((value, i) => value + (noise[n * pixels + i] as number));
        sum += await underMask(mask, same);
      }
      means.push(sum / 4);
    }
    const { evidence, weights } = await explained("ss-cam", { layer: "inner", samples: 4, seed: 5 });
    close(weights, softmax(means));
    close(evidence, weighted(softmax(means), maps));
  });

  it("IS-CAM agrees", async () => {
    const maps = await channels();
    const means = [];
    for (const map of maps) {
      let sum = 0;
      for (const share of [0.25, 0.5, 0.75, 1])
        sum += await underMask(
          scaled(map).map((value) => share * value),
          same,
        );
      means.push(sum / 4);
    }
    const { evidence, weights } = await explained("is-cam", { layer: "inner", samples: 4 });
    close(weights, softmax(means));
    close(evidence, weighted(softmax(means), maps));
  });

  it("Ablation-CAM agrees, also where a skip connection goes around the layer", async () => {
    const maps = await channels();
    const around = (await stem.run({ x: image })).stem as Tensor;
    const score = async (values: readonly number[]) => {
      const { y } = await behind.run({ inner: float32([1, 3, side, side], values), stem: around });
      return floats(y as Tensor)[label] as number;
    };
    const whole = await score(maps.flat());
    // The paper's formula for a positive score; a negative one must not turn what speaks for the class into the opposite.
    expect(whole).toBeLessThan(0);
    const weights = [];
    for (const k of maps.keys())
      weights.push((whole - (await score(maps.flatMap((map, i) => (i === k ? map.map(() => 0) : map))))) / -whole);
    const found = await explained("ablation-cam", { layer: "inner" });
    close(found.weights, weights);
    close(found.evidence, weighted(weights, maps));
  });

  it("occlusion agrees, with windows that end at the edge", async () => {
    const probability = async (mask: ArrayLike<number>) => underMask(mask, softmax);
    const whole = await probability(Array(pixels).fill(1));
    const drops = [];
    // Windows of 3 pixels on the centres of cells of 2: rows 0-2 (cut off), 2-4 (from 1.5, rounded up), 4-6.
    const spans = [
      [0, 3],
      [2, 5],
      [4, 6],
    ] as const;
    for (const [top, bottom] of spans) {
      for (const [left, right] of spans) {
        const hides = (i: number) => {
          const [row, column] = [Math.floor(i / side), i % side];
          return row >= top && row < bottom && column >= left && column < right;
        };
        drops.push(whole - (await probability(Array.from({ length: pixels }, (_, i) => (hides(i) ? 0 : 1)))));
      }
    }
    const { evidence } = await explained(occlusionWith({ window: 3, stride: 2 }));
    expect(evidence.dims).toEqual([1, 1, 3, 3]);
    close(evidence, drops, 1e-4);
  });

  it("RISE agrees up to the mean probability, for the masks that it draws", async () => {
    const [cells, visible, count] = [3, 0.4, 150];
    const method = riseWith({ cells, visible });
    const plan = method.plan({
      channels: [],
      sizes: [side, side],
      samples: count,
      seed: 3,
      superpixels: noSuperpixels,
    });
    const [grids, shifts] = [floats(plan.rows.grid as Tensor), floats(plan.rows.shift as Tensor)];
    // Cells are 6 / 3 = 2 pixels; three of them are enlarged to four cells' size, 8 pixels.
    const lerp = (values: (at: number) => number, place: number) => {
      const at = Math.min(cells - 1, Math.max(0, place));
      const before = Math.min(cells - 2, Math.floor(at));
      return values(before) + (at - before) * (values(before + 1) - values(before));
    };
    let mean = 0;
    const sums = new Float64Array(pixels);
    for (let n = 0; n < count; n++) {
      const [down, right] = [shifts[2 * n] as number, shifts[2 * n + 1] as number];
      const cell = (row: number, column: number) => grids[(n * cells + row) * cells + column] as number;
      const mask = Array.from({ length: pixels }, (_, i) => {
        const [y, x] = [Math.floor(i / side) + down, (i % side) + right].map((at) => ((at + 0.5) * 3) / 8 - 0.5);
        return lerp((row) => lerp((column) => cell(row, column), x as number), y as number);
      });
      const probability = await underMask(mask, softmax);
      mean += probability / count;
      mask.forEach((value, i) => {
        sums[i] = (sums[i] as number) + (probability * value) / (count * visible);
      });
    }
    const { evidence } = await explained(method, { samples: count, seed: 3 });
    close(evidence, [...sums.map((sum) => sum - mean)], 1e-4);
  });
});

it("RISE's masks are visible with the probability that they are said to be", () => {
  const plan = riseWith({ visible: 0.3 }).plan({
    channels: [],
    sizes: [28, 20],
    samples: 2000,
    seed: 1,
    superpixels: noSuperpixels,
  });
  const grids = floats(plan.rows.grid as Tensor);
  expect(grids.reduce((sum, value) => sum + value, 0) / grids.length).toBeCloseTo(0.3, 2);
  const shifts = floats(plan.rows.shift as Tensor);
  expect([...new Set(shifts.filter((_, i) => i % 2 === 0))].sort()).toEqual([0, 1, 2, 3]);
  expect([...new Set(shifts.filter((_, i) => i % 2 === 1))].sort()).toEqual([0, 1, 2]);
});
