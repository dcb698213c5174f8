/** @file Attacks: one step by hand, the walls that none may pass, and what they do to the digit model. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { type Attack, createAttack } from "../../../src/evaluate/attack/attack.js";
import { attackImages, summariseAttack } from "../../../src/evaluate/attack/attack-study.js";
import { picturesOf } from "../../../src/evaluate/trial/input-pixels.js";
import type { ImageExplainer, LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

const at = <T>(list: ArrayLike<T>, i: number) => list[i] as T;
const weights = [
  [1, -2, 0.5, 3, -1, 2],
  [0, 1, -1, 0.25, 2, -3],
  [-1, 0.5, 2, -2, 1, 1],
];

/** Scores W x of a picture of 2 pixels in 3 channels, for classes a, b and c. */
function linear(ending?: "Softmax" | "Sigmoid", layout: "nchw" | "nhwc" = "nchw", batch: 1 | "N" = "N") {
  const op = new Builder();
  const x = op.input("x", "float32", layout === "nhwc" ? [batch, 2, 1, 3] : [batch, 3, 1, 2]);
  const scores = op.Gemm(op.Flatten(x), op.constant(float32([3, 6], weights.flat()), "W"), { transB: 1 });
  op.output(ending ? (op[ending](scores) as string) : scores, "y");
  const preprocessing: Preprocessing = {
    ...{ channels: 3, scale: 1 / 255, layout, fit: "stretch" },
    ...(layout === "nhwc" ? { width: 1, height: 2 } : { width: 2, height: 1 }),
    ...{ mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.2] },
  };
  return openModel(op.graph, runtime, "linear", { given: { origin: "as given", preprocessing } });
}

/** Values of pixels, in the order of [3, 1, 2]. */
const normalised = (pixels: readonly number[]) =>
  pixels.map((p, i) => (p / 255 - at([0.5, 0.4, 0.3], i >> 1)) / at([0.5, 0.25, 0.2], i >> 1));
const pixels = [100, 200, 50, 130, 0, 255];

/** By hand, in double precision: what the cross-entropy of class `c` becomes steeper by, for each element. */
function gradient(x: readonly number[], c: number, sigmoid = false): number[] {
  const scores = weights.map((row) => row.reduce((sum, w, i) => sum + w * at(x, i), 0));
  const total = scores.reduce((sum, s) => sum + Math.exp(s), 0);
  const slopes = scores.map((s, k) => (sigmoid ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / total) - (k === c ? 1 : 0));
  return x.map((_, i) => slopes.reduce((sum, slope, k) => sum + slope * at(at(weights, k), i), 0));
}

function loss(x: readonly number[], c: number): number {
  const scores = weights.map((row) => row.reduce((sum, w, i) => sum + w * at(x, i), 0));
  return Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - at(scores, c);
}

const clipped = (p: number) => Math.min(255, Math.max(0, p));

describe("FGSM", () => {
  test.each([
    ["no ending", undefined, 0],
    ["softmax", "Softmax", 1],
    ["sigmoid", "Sigmoid", 2],
  ] as const)("moves every pixel by eps along the sign of the gradient: %s", async (_, ending, label) => {
    const attack = await createAttack(await linear(ending), { runtime });
    const x = normalised(pixels);
    const slopes = gradient(x, label, ending === "Sigmoid");
    const expected = normalised(pixels.map((p, i) => clipped(p + 25.5 * Math.sign(at(slopes, i)))));
    const { images, losses } = await attack.run(float32([1, 3, 1, 2], x), [label], { method: "fgsm", eps: 0.1 });
    floats(images).forEach((value, i) => expect(value).toBeCloseTo(at(expected, i), 5));
    if (ending !== "Sigmoid") expect(losses.map((each) => each[0])).toEqual([expect.closeTo(loss(x, label), 4)]);
    await attack.close();
  });

  test("goes the other way towards a target", async () => {
    const attack = await createAttack(await linear(), { runtime });
    const x = normalised(pixels);
    const slopes = gradient(x, 2);
    const expected = normalised(pixels.map((p, i) => clipped(p - 25.5 * Math.sign(at(slopes, i)))));
    const options = { method: "fgsm", eps: 0.1, target: 2 } as const;
    const { images } = await attack.run(float32([1, 3, 1, 2], x), [0], options);
    floats(images).forEach((value, i) => expect(value).toBeCloseTo(at(expected, i), 5));
    await attack.close();
  });

  test("knows the channels of a model that has them last", async () => {
    const attack = await createAttack(await linear(undefined, "nhwc"), { runtime });
    const toLast = (values: readonly number[]) => [0, 2, 4, 1, 3, 5].map((i) => at(values, i));
    const x = toLast(normalised(pixels));
    const slopes = gradient(x, 0);
    const moved = toLast(pixels).map((p, i) => clipped(p + 25.5 * Math.sign(at(slopes, i))));
    const back = [0, 3, 1, 4, 2, 5].map((i) => at(moved, i));
    const { images } = await attack.run(float32([1, 2, 1, 3], x), [0], { method: "fgsm", eps: 0.1 });
    floats(images).forEach((value, i) => expect(value).toBeCloseTo(at(toLast(normalised(back)), i), 5));
    await attack.close();
  });

  test("still finds the way where the network is as sure as float32 can be", async () => {
    const attack = await createAttack(await linear("Softmax"), { runtime });
    const sure = normalised([255, 0, 255, 255, 0, 255]);
    expect(loss(sure, 0)).toBeLessThan(1e-7);
    const { images } = await attack.run(float32([1, 3, 1, 2], sure), [0], { method: "fgsm", eps: 0.1 });
    expect(loss(Array.from(floats(images)), 0)).toBeGreaterThan(loss(sure, 0));
    await attack.close();
  });
});

test("a model that takes one image at a time attacks several as one that takes them at once", async () => {
  const [single, several] = [await linear("Softmax", "nchw", 1), await linear("Softmax")];
  expect(single.oneByOne).toBe(true);
  const images = float32([2, 3, 1, 2], [...normalised(pixels), ...normalised([...pixels].reverse())]);
  const results = [];
  for (const model of [single, several]) {
    const attack = await createAttack(model, { runtime });
    results.push(await attack.run(images, [0, 2], { eps: 0.1, steps: 4 }));
    await attack.close();
  }
  const [found, expected] = results;
  expect(found?.images.dims).toEqual([2, 3, 1, 2]);
  expect(found?.images.data).toEqual(expected?.images.data);
  expect(found?.losses).toHaveLength(4);
  found?.losses.forEach((each, step) => {
    each.forEach((loss, i) => expect(loss).toBeCloseTo(at(expected?.losses[step] ?? [], i), 5));
  });
});

test("whole pixels are those of the pictures, within eps and in RGB order", async () => {
  const model = await linear();
  const attack = await createAttack(model, { runtime });
  const input = float32([1, 3, 1, 2], normalised(pixels));
  const options = { eps: 0.015, whole: true };
  const { images } = await attack.run(input, [0], options);
  const [before, after] = [at(picturesOf(model, input), 0), at(picturesOf(model, images), 0)];
  expect(Array.from(before.pixels)).toEqual([100, 50, 0, 200, 130, 255]);
  // 0.015 of 255 is 3.825 pixels.
  after.pixels.forEach((pixel, i) => expect(Math.abs(pixel - at(before.pixels, i))).toBeLessThanOrEqual(3));
  const exact = normalised([0, 3, 1, 4, 2, 5].map((i) => at(after.pixels, i)));
  floats(images).forEach((value, i) => expect(value).toBeCloseTo(at(exact, i), 5));
  await attack.close();
});

describe("what cannot be attacked is refused", () => {
  const refusals = [
    [{ eps: 0 }, "attack: eps: expected more than 0 and at most 1"],
    [{ eps: Number.NaN }, "attack: eps"],
    [{ steps: 0 }, "attack: steps: expected a whole number from 1 on, got 0"],
    [{ stepSize: -1 }, "attack: step size"],
    [{ target: 3 }, "attack: target: expected a class from 0 to 2, got 3"],
  ] as const;
  test.each(refusals)("%j", async (options, message) => {
    const attack = await createAttack(await linear(), { runtime });
    await expect(attack.run(float32([1, 3, 1, 2], normalised(pixels)), [0], options)).rejects.toThrow(message);
    await attack.close();
  });

  test("labels that are no class or too few, and images that no picture gives", async () => {
    const attack = await createAttack(await linear(), { runtime });
    const input = float32([1, 3, 1, 2], normalised(pixels));
    await expect(attack.run(input, [7])).rejects.toThrow("attack: label: expected a class from 0 to 2, got 7");
    await expect(attack.run(input, [])).rejects.toThrow("attack: labels: expected one for each of 1 images, got 0");
    for (const value of [Number.NaN, 40]) {
      const strange = float32([1, 3, 1, 2], Array(6).fill(value));
      await expect(attack.run(strange, [0])).rejects.toThrow("expected a value that a pixel from 0 to 255 gives");
    }
    await attack.close();
  });
});

describe("PGD on the digit model and drawn digits", () => {
  const count = everything ? 32 : 12;
  const { test: digits } = drawDigits({ train: 0, test: count });
  const labels = Array.from(digits.labels);
  let model: LoadedModel;
  let explainer: ImageExplainer;
  let attack: Attack;
  let images: Tensor;
  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    explainer = await model.explainer();
    attack = await createAttack(model, { runtime });
    images = await model.preprocess(digits.pixels, [count, 1, 28, 28]);
  });
  afterAll(async () => {
    await attack.close();
    await explainer.close();
  });
  const some = (n: number) => float32([n, 1, 28, 28], floats(images).subarray(0, n * 784));

  test("at eps 0.3 flips at least 90 % of the correct predictions", async () => {
    const { outcomes } = await attackImages(explainer, attack, images, { eps: 0.3, labels, steps: 40, stepSize: 0.01 });
    const { correct, flipped, evidenceCorrelation } = summariseAttack(outcomes);
    expect(correct).toBeGreaterThan(0.9 * count);
    expect(flipped).toBeGreaterThanOrEqual(0.9 * correct);
    expect(evidenceCorrelation?.count).toBe(count);
    expect(evidenceCorrelation?.mean).toBeLessThan(1);
  });

  test("stays within eps and the range of pixels, and the loss rises", async () => {
    const eps = 0.2;
    const result = await attack.run(images, labels, { eps, steps: 10 });
    const { scale, mean, std } = model.card.preprocessing as Preprocessing;
    const pixelsOf = (tensor: Tensor) => floats(tensor).map((value) => (value * at(std, 0) + at(mean, 0)) / scale);
    const [was, is] = [pixelsOf(images), pixelsOf(result.images)];
    const moved = is.map((pixel, k) => Math.abs(pixel - at(was, k)));
    const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, value), 0);
    expect(largest(moved)).toBeCloseTo(255 * eps, 2);
    expect(largest(is.map((pixel) => Math.abs(pixel - 127.5)))).toBeCloseTo(127.5, 2);
    const means = result.losses.map((each) => each.reduce((sum, one) => sum + one, 0) / count);
    expect(means).toHaveLength(10);
    const rises = means.filter((mean, i) => i > 0 && mean > at(means, i - 1)).length;
    expect(rises).toBeGreaterThanOrEqual(8);
    expect(at(means, 9)).toBeGreaterThan(5 * at(means, 0));
  });

  test("reaches a target", async () => {
    const { outcomes } = await attackImages(explainer, attack, images, { eps: 0.3, labels, target: 3, steps: 10 });
    const { reached } = summariseAttack(outcomes, 3);
    expect(reached?.of).toBeGreaterThan(count / 2);
    expect(reached?.share.value).toBeGreaterThan(0.8);
  });

  test("gives the same images for the same seed, and others for another", async () => {
    const run = async (seed: number) =>
      floats((await attack.run(some(4), labels.slice(0, 4), { seed, steps: 3 })).images);
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("gives an image what it gets alone, whatever stands beside it", async () => {
    // Elements whose gradient is at the limit of precision may take the other sign in another batch.
    const together = await attack.run(some(8), labels.slice(0, 8), { eps: 0.1, steps: 5 });
    for (const i of [0, 5]) {
      const image = float32([1, 1, 28, 28], floats(images).slice(i * 784, (i + 1) * 784));
      const alone = await attack.run(image, [at(labels, i)], { eps: 0.1, steps: 5 });
      const inBatch = floats(together.images).subarray(i * 784, (i + 1) * 784);
      const differing = floats(alone.images).filter((value, k) => Math.abs(value - at(inBatch, k)) > 1e-4);
      expect(differing.length).toBeLessThanOrEqual(8);
      together.losses.forEach((each, step) => expect(at(each, i)).toBeCloseTo(at(at(alone.losses, step), 0), 2));
    }
  });

  test("leaves the images it is given as they are", async () => {
    const given = some(2);
    const before = floats(given).slice();
    for (const method of ["fgsm", "pgd"] as const) await attack.run(given, [0, 1], { method, steps: 3 });
    expect(floats(given)).toEqual(before);
  });

  test("is stopped by what the caller throws between steps", async () => {
    const stop = (step: number) => {
      if (step === 2) throw new Error("enough");
    };
    await expect(attack.run(some(1), [0], { onStep: stop })).rejects.toThrow("enough");
  });
});

describe("summariseAttack(outcomes, target)", () => {
  const outcome = (label: number, was: number, is: number, rankCorrelation: number | null) => ({
    label,
    before: { predicted: was, confidence: 0.9, probabilityOfTruth: 0.9 },
    after: { predicted: is, confidence: 0.9, probabilityOfTruth: 0.1 },
    correct: was === label,
    flipped: was !== is,
    blank: rankCorrelation === null,
    rankCorrelation,
    evidenceCorrelation: 0.25,
  });
  test("counts flips among the correct, and averages what can be averaged", () => {
    const outcomes = [outcome(0, 0, 1, 0.5), outcome(0, 0, 0, 1), outcome(1, 2, 0, -0.3), outcome(2, 2, 1, null)];
    const summary = summariseAttack(outcomes, 1);
    expect(summary).toMatchObject({ count: 4, correct: 3, flipped: 2, accuracy: { value: 0.25 } });
    expect(summary.reached).toMatchObject({ count: 2, of: 4 });
    expect(summary.blank).toBe(1);
    expect(summary.evidenceCorrelation).toEqual({ count: 4, mean: 0.25, median: 0.25 });
    expect(summary.rankCorrelation).toEqual({ count: 3, mean: expect.closeTo(0.4, 12), median: 0.5 });
    // Wilson's interval for 2 of 3, by hand.
    expect(summary.flippedShare.low).toBeCloseTo(0.2077, 3);
    expect(summary.flippedShare.high).toBeCloseTo(0.9385, 3);
  });

  test("says nothing of maps where none can be compared", () => {
    const summary = summariseAttack([outcome(0, 0, 1, null)]);
    expect(summary).toMatchObject({ reached: null, rankCorrelation: null });
  });
});
