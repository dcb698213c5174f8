/** @file The steps of methods of pixels: they add up to the map of `explain`, and with integrated gradients to the score. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { wayStarts } from "../../../src/model/input/baseline-names.js";
import { classMinus } from "../../../src/model/targets/class-minus.js";
import type { Target } from "../../../src/model/targets/target.js";
import { writeModel } from "../../../src/onnx/write.js";
import { Explainers, explainPicture } from "../../../web/src/see/engine/explaining.js";
import { type PixelsRequest, pixelMethods } from "../../../web/src/why/engine/api.js";
import { PixelSteps } from "../../../web/src/why/engine/pixels.js";
import { pytorchOf, typescriptOf } from "../../../web/src/why/pixels/code.js";
import { completenessOf, curvesAt, frameOf, mapOf, partsOf, termsAt } from "../../../web/src/why/pixels/sums.js";
import { pixelSentence, stepSentence } from "../../../web/src/why/pixels/words.js";
import { vit } from "../../explain/architectures/vit.js";
import { runtime } from "../../support/runtime.js";

const digits = drawDigits({ seed: 7, train: 0, test: 10 }).test;
const digit: Picture = { width: 28, height: 28, channels: 1, pixels: digits.pixels.slice(0, 784) };
const photo: Picture = {
  width: 8,
  height: 8,
  channels: 3,
  pixels: Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256),
};
const asked: PixelsRequest = { picture: 0, method: "integrated-gradients", target: 0 };
const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** The largest difference, relative to the largest value. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  expect(largest).toBeGreaterThan(0);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - (found[i] ?? Number.NaN)))) / largest;
}

/**
 * From white, rounding decides about some pixels of this digit: `explain` sums up gradients behind the first layers, the page at the
 * picture, and of some counts of steps the one is what float64 says, of some the other. No more than a step's share moves.
 */
function expectSameButForRounding(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(apart(found, expected)).toBeLessThan(5e-3);
  const squares = (value: (i: number) => number) => Math.hypot(...Array.from(expected, (_, i) => value(i)));
  const [distance, length] = [squares((i) => (expected[i] ?? 0) - (found[i] ?? 0)), squares((i) => expected[i] ?? 0)];
  expect(distance / length).toBeLessThan(1e-3);
}

/** The map of `explain` for the same settings, and what it says of its own completeness. */
async function explained(model: LoadedModel, picture: Picture, { method, target, ...request }: PixelsRequest) {
  const explainers = new Explainers(model);
  const signal = new AbortController().signal;
  const asked = { ...request, method, layer: "auto", classes: [target] };
  const { maps } = await explainPicture(picture, asked, { model, explainers, signal });
  await explainers.close();
  const [map] = maps;
  if (map === undefined) throw new Error("there is no map");
  return { map: map.evidence.values, completeness: map.completeness };
}

describe("the steps of pixels of the embedded model", () => {
  let model: LoadedModel;
  let steps: PixelSteps;
  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    steps = new PixelSteps(model);
  });
  afterAll(() => steps.close());

  it.each([
    ...pixelMethods.map((method) => ({ ...asked, method })),
    ...wayStarts.map((baseline) => ({ ...asked, baseline })),
    { ...asked, minus: 6 },
    { ...asked, against: true, target: 3 },
  ])("make the map of explain: $method from $baseline, less $minus, against $against", async (request) => {
    const view = await steps.steps(digit, request);
    const { map, completeness } = await explained(model, digit, request);
    const found = mapOf(view, view.at.length);
    if (request.baseline === "white" || request.baseline === "several") expectSameButForRounding(found, map);
    else expect(apart(found, map)).toBeLessThan(1e-5);
    const complete = completenessOf(view);
    expect(complete === undefined).toBe(completeness === undefined);
    if (complete === undefined || completeness === undefined) return;
    expect(complete.sum).toBeCloseTo(completeness.attributed, 3);
    expect(complete.rise).toBeCloseTo(completeness.total, 3);
    expect(complete.error).toBeCloseTo(Math.abs(complete.sum - complete.rise), 12);
  });

  it("come closer to completeness with more of them, and are those of explain with as many", async () => {
    const errors: number[] = [];
    for (const samples of [4, 32, 128]) {
      const view = await steps.steps(digit, { ...asked, baseline: "black", samples });
      expect(view.at.length).toBe(samples);
      const explainer = await model.explainer({ method: "integrated-gradients", baseline: "black", samples });
      const { input } = await model.readImage(digit);
      const explanation = await explainer.explain(input, { classes: [0] });
      await explainer.close();
      expect(apart(mapOf(view, samples), explanation.at(0).evidence().values)).toBeLessThan(1e-5);
      errors.push(completenessOf(view)?.error ?? Number.NaN);
    }
    expect(errors[2]).toBeLessThan((errors[1] ?? 0) / 2);
    expect(errors[1]).toBeLessThan(errors[0] ?? 0);
  });

  it("go from the beginning to the picture, with the scores of what the network saw", async () => {
    const view = await steps.steps(digit, asked);
    expect([view.at.length, total(view.weights)]).toEqual([32, expect.closeTo(1, 6)]);
    expect([...view.at]).toEqual([...view.at].sort((a, b) => a - b));
    const explainer = await model.explainer();
    const { input } = await model.readImage(digit);
    const { scores } = (await explainer.explain(input)).at(0);
    await explainer.close();
    // Sums of several images at once are taken in another order on some processors.
    expect(view.score).toBeCloseTo(scores[0] ?? Number.NaN, 4);
    // The first and the last step are close to the beginning and the picture.
    expect(view.stepScores[0]).toBeCloseTo(view.ways[0]?.score ?? Number.NaN, 1);
    expect(view.stepScores[31]).toBeCloseTo(view.score, 1);
    expect(Math.max(...frameOf(view, undefined).filter((_, i) => i % 4 < 3))).toBe(0);
    const bytes = Array.from(frameOf(view, 31)).filter((_, i) => i % 4 === 0);
    expect(
      apart(
        bytes,
        Array.from(digit.pixels, (value) => value),
      ),
    ).toBeLessThan(0.02);
  });

  it("add up pixel by pixel to what the sentence says", async () => {
    const view = await steps.steps(digit, asked);
    const map = mapOf(view, 32);
    const cell = map.reduce((most, value, i) => (value > (map[most] ?? 0) ? i : most), 0);
    const [term] = termsAt(view, 32, cell);
    const [curve] = curvesAt(view, cell);
    const mean = total(Array.from(curve ?? [], (value, step) => value * (view.weights[step] ?? 0)));
    expect(term?.gradient).toBeCloseTo(mean, 6);
    expect(term?.value).toBeCloseTo(map[cell] ?? Number.NaN, 5);
    const sentence = pixelSentence({ view, terms: term ? [term] : [], order: undefined, isWhole: true });
    const [value, gradient, picture, start] = [...sentence.matchAll(/−?[\d.]+/g)].map(([text]) =>
      Number(text.replace("−", "-")),
    );
    expect(sentence).toMatch(/^[\d.]+ = mean gradient −?[\d.]+ × \([\d.]+ − [\d.]+\)$/);
    expect((gradient ?? 0) * ((picture ?? 0) - (start ?? 0))).toBeCloseTo(value ?? Number.NaN, 1);
    expect(value).toBeCloseTo(map[cell] ?? Number.NaN, 2);
    const partial = termsAt(view, 12, cell);
    expect(total(partial.map((each) => each.value))).toBeCloseTo(mapOf(view, 12)[cell] ?? Number.NaN, 6);
  });

  it("say of each step what it adds", async () => {
    const view = await steps.steps(digit, { ...asked, baseline: "white" });
    const parts = partsOf(view);
    expect(total(parts)).toBeCloseTo(total(mapOf(view, 32)), 4);
    const before = total(mapOf(view, 7));
    expect(total(mapOf(view, 8)) - before).toBeCloseTo(parts[7] ?? Number.NaN, 4);
    const told = { parts, decimals: 2 };
    expect(stepSentence(view, 0, told)).toMatch(/^The beginning: a white picture, with a score of −?[\d.]+\.$/);
    expect(stepSentence(view, 8, told)).toMatch(/^Step 8 of 32: \d+ % of the way, score −?[\d.]+; adds [+−][\d.]+\.$/);
  });

  it.each([
    { ...asked, baseline: "black", minus: 6 } as const,
    ...pixelMethods.map((method) => ({ ...asked, method })),
  ])("are what the code computes: $method, less $minus", async (request) => {
    const view = await steps.steps(digit, request);
    const code = typescriptOf({ view, model: "m.onnx", picture: "p.png", className: String });
    const body = `${code.replace(/^import .*$/gm, "")}\nawait explainer.close();\nreturn { one, explanation };`;
    const run = Object.getPrototypeOf(async () => undefined).constructor;
    // The picture and the model that are open here stand for the files.
    const reading = { readImage: () => model.readImage(digit) };
    const named = {
      ...model,
      ...reading,
      explaining: async (target: Target) => ({ ...(await model.explaining(target)), ...reading }),
    };
    const { one, explanation } = await new run("loadModel", "classMinus", body)(async () => named, classMinus);
    const map = mapOf(view, view.at.length);
    expect(apart(one.evidence().values, map)).toBeLessThan(1e-5);
    expect(code).toContain(`y before softmax: ${view.score.toFixed(4).replace("-", "−")}`);
    expect(code).toContain(`the largest is ${Math.max(...map.map(Math.abs)).toPrecision(3)}`);
    const complete = completenessOf(view);
    if (complete) expect(explanation.completeness.attributed.data[0]).toBeCloseTo(complete.sum, 3);
    expect(pytorchOf({ view, model: "m.onnx", picture: "p.png", className: String })).toContain(
      "torch.autograd.grad(y, x)[0]",
    );
  });

  it("stop when a newer picture is asked for, and tell how far they are", async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const running = steps.steps(digit, asked, {
      signal: stop.signal,
      progress: (done) => {
        told.push(done);
        stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(told).toEqual([8]);
  });
});

describe("the steps of pixels of other networks", () => {
  it("add the colours of a photo", async () => {
    const model = await loadModel(writeModel(vit({})), { runtime });
    const steps = new PixelSteps(model);
    for (const method of pixelMethods) {
      const request = {
        ...asked,
        method,
        baseline: method === "integrated-gradients" ? "several" : undefined,
      } as const;
      const view = await steps.steps(photo, request);
      expect([view.layer.channels, view.layer.height, view.layer.width]).toEqual([3, 8, 8]);
      expect(apart(mapOf(view, view.at.length), (await explained(model, photo, request)).map)).toBeLessThan(1e-5);
      const terms = termsAt(view, view.at.length, 9);
      expect(terms.length).toBe(method === "integrated-gradients" ? 9 : 3);
      const value =
        view.ways.length > 0
          ? total(terms.map((term) => term.value))
          : Math.max(...terms.map((term) => Math.abs(term.gradient)));
      expect(value).toBeCloseTo(mapOf(view, view.at.length)[9] ?? Number.NaN, 6);
    }
    await steps.close();
  });
});
