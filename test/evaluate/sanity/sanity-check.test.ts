/** @file Sanity checks: random weights, structural similarity, and which methods notice. */

import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { weightLayers, withRandomWeights } from "../../../src/evaluate/sanity/randomise-weights.js";
import { checkSanity } from "../../../src/evaluate/sanity/sanity-check.js";
import { structuralSimilarity } from "../../../src/evaluate/statistics/ssim.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { type FloatMap, floatMap } from "../../../src/image/map/heatmap.js";
import { openModel } from "../../../src/model/open.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { convNet } from "../../explain/architectures/networks.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { imageItself } from "./planted-methods.js";

describe("structural similarity", () => {
  const even = (value: number) => floatMap(9, 6, new Float32Array(54).fill(value));

  it("is 1 for equal maps, and the light alone for even ones", () => {
    const map = floatMap(
      9,
      6,
      Float32Array.from({ length: 54 }, (_, i) => ((i * 29) % 54) / 54),
    );
    expect(structuralSimilarity(map, map)).toBeCloseTo(1, 12);
    const [a, b] = [0.25, 0.75];
    const light = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4);
    expect(structuralSimilarity(even(a), even(b))).toBeCloseTo(light, 6);
  });

  it("is the published formula at each place", () => {
    const [width, height] = [14, 3];
    const make = (seed: number) =>
      floatMap(
        width,
        height,
        Float32Array.from({ length: 42 }, (_, i) => ((i * seed) % 42) / 42),
      );
    const [a, b] = [make(5), make(11)];
    let sum = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) sum += similarityAt(a, b, x, y);
    }
    expect(structuralSimilarity(a, b)).toBeCloseTo(sum / 42, 9);
  });

  it("is near 0 or below for maps that have nothing in common", () => {
    const checks = (shift: number) =>
      floatMap(
        20,
        20,
        Float32Array.from({ length: 400 }, (_, i) => (i + Math.floor(i / 20) + shift) % 2),
      );
    expect(structuralSimilarity(checks(0), checks(1))).toBeLessThan(-0.9);
  });

  it("refuses maps of different sizes", () => {
    expect(() => structuralSimilarity(even(1), floatMap(1, 1, Float32Array.of(1)))).toThrow("got 9x6 and 1x1");
  });
});

/** Written out with the two-dimensional window. */
function similarityAt(a: FloatMap, b: FloatMap, x: number, y: number): number {
  let [total, ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let v = Math.max(0, y - 5); v <= Math.min(a.height - 1, y + 5); v++) {
    for (let u = Math.max(0, x - 5); u <= Math.min(a.width - 1, x + 5); u++) {
      const weight = Math.exp(-((u - x) ** 2 + (v - y) ** 2) / 4.5);
      const [p, q] = [a.values[v * a.width + u] as number, b.values[v * a.width + u] as number];
      total += weight;
      ma += weight * p;
      mb += weight * q;
      aa += weight * p * p;
      bb += weight * q * q;
      ab += weight * p * q;
    }
  }
  [ma, mb, aa, bb, ab] = [ma / total, mb / total, aa / total, bb / total, ab / total];
  const [c1, c2] = [1e-4, 9e-4];
  const spread = aa - ma * ma + (bb - mb * mb) + c2;
  return ((2 * ma * mb + c1) * (2 * (ab - ma * mb) + c2)) / ((ma * ma + mb * mb + c1) * spread);
}

describe("random weights", () => {
  it("are those of convolutions and linear layers, the last first", async () => {
    const model = await openModel(convNet({ skip: true }), runtime);
    expect(weightLayers(model).map(({ weights }) => [...weights].sort())).toEqual([["b3", "w3"], ["w2"], ["w1"]]);
  });

  it("keep mean and deviation, and leave everything else as it was", async () => {
    const model = await loadModel(undefined, { runtime });
    const layers = weightLayers(model);
    const [, second] = layers;
    if (!second) throw new Error("one layer only");
    const random = withRandomWeights(model, [second], 1);
    for (const [name, tensor] of model.graph.initializers) {
      const found = random.graph.initializers.get(name) as Tensor;
      if (!second.weights.includes(name)) expect(found).toBe(tensor);
      else {
        const [was, is] = [moments(floats(tensor)), moments(floats(found))];
        expect(is.mean).toBeCloseTo(was.mean, 1);
        expect(is.deviation / was.deviation).toBeCloseTo(1, 1);
        expect(floats(found)).not.toEqual(floats(tensor));
      }
    }
    const both = withRandomWeights(model, layers.slice(0, 2), 1);
    for (const name of second.weights) {
      expect(both.graph.initializers.get(name)?.data).toEqual(random.graph.initializers.get(name)?.data);
    }
  });
});

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

describe("the check", () => {
  let model: LoadedModel;
  let images: Tensor[];
  const count = everything ? 8 : 4;

  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    const { test } = drawDigits({ train: 0, test: count });
    const { preprocess: run } = model;
    images = await Promise.all(
      Array.from({ length: count }, (_, i) => run(test.pixels.subarray(i * 784, (i + 1) * 784), [1, 1, 28, 28])),
    );
  });

  it.runIf(everything)(
    "is passed by the gradient and Grad-CAM, not by guided backpropagation, and not by the image itself",
    async () => {
      const calls: string[] = [];
      const results = await checkSanity(model, images, {
        runtime,
        steps: 2,
        methods: ["grad-cam", "gradient", "guided-backprop", imageItself],
        onNetwork: (network, networks) => calls.push(`${network}/${networks}`),
      });
      expect(results.map(({ method, verdict }) => [method, verdict])).toEqual([
        ["grad-cam", "passes"],
        ["gradient", "passes"],
        ["guided-backprop", "fails"],
        ["image", "fails"],
      ]);
      // Five draws of two steps down the cascade and two one at a time, and the network as it was learnt.
      expect(calls).toEqual(Array.from({ length: 21 }, (_, i) => `${i}/21`));
      const [gradCam, , , unchanged] = results;
      expect(gradCam).toMatchObject({ draws: 5, images: count, blankImages: 0 });
      for (const step of [...(unchanged?.cascading ?? []), ...(unchanged ? [unchanged.full] : [])]) {
        expect(step.rankCorrelation?.mean).toBeCloseTo(1, 9);
        expect(step.ssim?.mean).toBeCloseTo(1, 9);
      }
      expect(unchanged?.otherImages.rankCorrelation?.mean).toBeLessThan(0.8);
    },
    120_000,
  );

  it("randomises layers down a cascade and one at a time, from the scores to the image", async () => {
    const [found] = await checkSanity(model, images.slice(0, 2), { runtime, steps: 8, draws: 1 });
    const names = ["logits", "stage3.1.conv", "stage2.2.conv", "stage2.1.conv", "stage1.1.conv"];
    expect(found?.cascading.map(({ layer }) => layer)).toEqual(names.slice(0, 4));
    expect(found?.independent.map(({ layer }) => layer)).toEqual(names);
    // With one layer randomised both are the same network.
    expect(found?.cascading[0]).toEqual(found?.independent[0]);
  });

  it("takes several layers at a time where there are more than steps", async () => {
    const [found] = await checkSanity(model, images.slice(0, 2), { runtime, steps: 2, draws: 1 });
    expect(found?.cascading.map(({ layer }) => layer)).toEqual(["stage2.2.conv"]);
    expect(found?.independent.map(({ layer }) => layer)).toEqual(["stage2.2.conv", "stage1.1.conv"]);
    // One draw says nothing of how draws differ.
    expect([found?.full.rankCorrelation?.low, found?.verdict]).toEqual([null, "undecided"]);
    await expect(checkSanity(model, images, { runtime, draws: 0 })).rejects.toThrow(/^draws: expected a whole number/);
  });
});
