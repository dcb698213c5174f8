/** @file The numbers of "How it works": they add up to the score, and make the map of `explain`, by every rule. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { gradCamSteps } from "../../../src/explain/steps/grad-cam-steps.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { resizeMap } from "../../../src/image/picture/resize.js";
import { classMinus } from "../../../src/model/targets/class-minus.js";
import type { Target } from "../../../src/model/targets/target.js";
import { Builder } from "../../../src/onnx/builder.js";
import { floats } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { Explainers, explainPicture } from "../../../web/src/see/engine/explaining.js";
import { typescriptOf } from "../../../web/src/why/code.js";
import { allUpTo, type ChannelsRequest, type ChannelsView, mostShown, rules } from "../../../web/src/why/engine/api.js";
import { ChannelSteps } from "../../../web/src/why/engine/channels.js";
import { rowsOf } from "../../../web/src/why/rows.js";
import { vit } from "../../explain/architectures/vit.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const digits = drawDigits({ seed: 7, train: 0, test: 10 }).test;
const digit: Picture = { width: 28, height: 28, channels: 1, pixels: digits.pixels.slice(0, 784) };
const photo: Picture = {
  width: 8,
  height: 8,
  channels: 3,
  pixels: Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256),
};
const asked: ChannelsRequest = { picture: 0, rule: "grad-cam", layer: "auto", target: "predicted" };
const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** Σ w A of each place, as a reader with a pencil adds it up. */
function sumOf({ layer, channels, activation, weights, perPlace, rest }: ChannelsView): number[] {
  const places = layer.height * layer.width;
  return Array.from({ length: places }, (_, place) => {
    const terms = Array.from(channels, (_, i) => {
      const at = i * places + place;
      return (weights[perPlace ? at : i] ?? Number.NaN) * (activation[at] ?? Number.NaN);
    });
    return total(terms) + (rest?.evidence[place] ?? 0);
  });
}

/** The largest difference, relative to the largest value. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs), 1e-9);
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - (found[i] ?? Number.NaN)))) / largest;
}

/** Many channels, an average and a linear layer or, with a ReLU between, two. */
function wide({ channels, hidden }: { readonly channels: number; readonly hidden: boolean }): Uint8Array {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  const features = op.named("features", op.Relu(op.Conv(x, weight([channels, 3, 3, 3], "w"), { strides: [2, 2] })));
  let y = op.Flatten(op.GlobalAveragePool(features));
  if (hidden) y = op.Relu(op.Gemm(y, weight([9, channels], "a"), weight([9], "b"), { transB: 1 }));
  op.output(op.Gemm(y, weight([4, hidden ? 9 : channels], "c"), weight([4], "d"), { transB: 1 }), "y");
  return writeModel(op.graph);
}

describe("the steps of the embedded model", () => {
  let model: LoadedModel;
  let steps: ChannelSteps;
  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    steps = new ChannelSteps(model);
  });
  afterAll(() => steps.close());

  it("add up to the score with the bias, for every class", async () => {
    for (let target = 0; target < 10; target++) {
      const { score, scores, linear, uniform } = await steps.steps(digit, { ...asked, target });
      expect(score.score).toBe(scores[target]);
      expect(Math.abs(score.without + score.sum - score.score)).toBeLessThan(1e-4);
      expect([linear, uniform]).toEqual([true, true]);
    }
  });

  it("are those of the library", async () => {
    const view = await steps.steps(digit, { ...asked, target: 6 });
    const explainer = await model.explainer({ include: ["activation", "gradient"] });
    const { input } = await model.readImage(digit);
    const explanation = await explainer.explain(input, { classes: [6] });
    const expected = await gradCamSteps(explainer, input, explanation);
    await explainer.close();
    expect(apart(view.activation, floats(expected.activation))).toBe(0);
    expect(apart(view.gradient, floats(expected.gradient))).toBe(0);
    expect(apart(view.weights, floats(expected.weights))).toBe(0);
    expect(apart(view.evidence, floats(expected.sum))).toBe(0);
    expect(view.score.without).toBeCloseTo(expected.sums.without, 5);
    expect(view.score.sum).toBeCloseTo(expected.sums.sum, 4);
  });

  it.each(rules)("by %s make the map of explain", async (rule) => {
    const explainers = new Explainers(model);
    const signal = new AbortController().signal;
    for (const [layer, minus, against] of [
      ["auto", undefined, false],
      ["stage2.1.relu", undefined, false],
      ["stage2.1.relu", 6, false],
      ["auto", undefined, true],
    ] as const) {
      const request = { picture: 0, method: rule, layer, classes: [0], minus, against };
      const explained = await explainPicture(digit, request, { model, explainers, signal });
      const view = await steps.steps(digit, { ...asked, rule, layer, minus, against, target: 0 });
      const expected = explained.maps[0]?.evidence.values ?? [];
      expect(apart(view.evidence, expected)).toBe(0);
      const relu = (values: ArrayLike<number>) => Array.from(values, (value) => Math.max(0, value));
      expect(apart(relu(sumOf(view)), relu(expected))).toBeLessThan(1e-4);
      expect(view.perPlace).toBe(rule === "hires-cam" || rule === "layer-cam");
    }
    await explainers.close();
  });

  it("say what two compared classes weigh alone, and explain the difference of their scores", async () => {
    const view = await steps.steps(digit, { ...asked, target: 0, minus: 6 });
    const alone = await Promise.all([0, 6].map((target) => steps.steps(digit, { ...asked, target })));
    expect(view.score.score).toBeCloseTo((view.scores[0] ?? 0) - (view.scores[6] ?? 0), 5);
    expect(apart(view.pair?.target ?? [], alone[0]?.weights ?? [])).toBeLessThan(1e-5);
    expect(apart(view.pair?.minus ?? [], alone[1]?.weights ?? [])).toBeLessThan(1e-5);
    const difference = Array.from(view.pair?.target ?? [], (value, i) => value - (view.pair?.minus[i] ?? 0));
    expect(apart(view.weights, difference)).toBeLessThan(1e-4);
    expect(Math.abs(view.score.without + view.score.sum - view.score.score)).toBeLessThan(1e-4);
  });

  it.each(["hires-cam", "layer-cam"] as const)(
    "by %s say what each channel adds for two compared classes alone",
    async (rule) => {
      const asking = { ...asked, rule, layer: "stage2.1.relu", target: 0 } as const;
      const view = await steps.steps(digit, { ...asking, minus: 6 });
      for (const [target, parts] of [
        [0, view.pair?.target],
        [6, view.pair?.minus],
      ] as const) {
        const alone = await steps.steps(digit, { ...asking, target });
        const rows = rowsOf(alone, { off: new Set(), weights: new Map() });
        expect(
          apart(
            parts ?? [],
            rows.map(({ part }) => part),
          ),
        ).toBeLessThan(1e-5);
      }
      const adds = rowsOf(view, { off: new Set(), weights: new Map() }).map(({ part }) => part);
      const difference = Array.from(view.pair?.target ?? [], (value, i) => value - (view.pair?.minus[i] ?? 0));
      if (rule === "hires-cam") expect(apart(adds, difference)).toBeLessThan(1e-4);
      else expect(apart(adds, difference)).toBeGreaterThan(0.01);
    },
  );

  it("at a layer that more layers follow, do not add up, and say so", async () => {
    const { score, linear } = await steps.steps(digit, { ...asked, layer: "stage2.1.relu", target: 0 });
    expect(linear).toBe(false);
    expect(Math.abs(score.without + score.sum - score.score)).toBeGreaterThan(0.1);
  });

  it("lose a channel that is switched off, and exactly its part of the score where the head is linear", async () => {
    const view = await steps.steps(digit, { ...asked, target: 0 });
    const places = view.layer.height * view.layer.width;
    const partOf = (i: number) => (view.weights[i] ?? 0) * total(view.activation.slice(i * places, (i + 1) * places));
    const off = [24, 12];
    const { scores, probabilities } = await steps.whatIf({ off, shift: 0 });
    expect(scores[0]).toBeCloseTo(view.score.score - total(off.map(partOf)), 4);
    expect(total(probabilities ?? [])).toBeCloseTo(1, 5);
  });

  it.each(rules)("are what the code by %s computes", async (rule) => {
    const view = await steps.steps(digit, { ...asked, rule, layer: "stage2.1.relu", minus: 6, target: 0 });
    const rows = rowsOf(view, { off: new Set(), weights: new Map() });
    const code = typescriptOf({ steps: view, rows, model: "m.onnx", picture: "p.png", className: String });
    const body = `${code.replace(/^import .*$/gm, "")}\nawait explainer.close();\nreturn { one, map };`;
    const run = Object.getPrototypeOf(async () => undefined).constructor;
    // The picture and the model that are open here stand for the files.
    const named = { ...model, readImage: () => model.readImage(digit), explaining: explainingDigit };
    async function explainingDigit(target: Target) {
      return { ...(await model.explaining(target)), readImage: () => model.readImage(digit) };
    }
    const result = await new run("loadModel", "classMinus", "resizeMap", body)(
      async () => named,
      classMinus,
      resizeMap,
    );
    expect(apart(result.one.evidence().values, view.evidence)).toBe(0);
    expect(code).toContain(`y before softmax: ${view.score.score.toFixed(4).replace("-", "−")}`);
  });

  it("tell the probabilities of a changed score", async () => {
    await steps.steps(digit, { ...asked, target: 0 });
    const before = await steps.whatIf({ off: [], shift: 0 });
    const after = await steps.whatIf({ off: [], shift: -5 });
    expect(after.scores[0]).toBeCloseTo((before.scores[0] ?? 0) - 5, 5);
    expect(after.scores[6]).toBe(before.scores[6]);
    const odds = (share: number) => Math.log(share / (1 - share));
    const [p, q] = [before.probabilities?.[0] ?? 0, after.probabilities?.[0] ?? 0];
    expect(odds(q)).toBeCloseTo(odds(p) - 5, 1);
  });
});

describe("the steps of other networks", () => {
  it("of a transformer are those of its tokens' channels, and say which tokens lie nowhere", async () => {
    const model = await loadModel(writeModel(vit({})), { runtime });
    const steps = new ChannelSteps(model);
    const view = await steps.steps(photo, { ...asked, layer: "b.norm" });
    expect([view.layer.channels, view.layer.height, view.layer.width, view.otherTokens]).toEqual([6, 4, 4, 1]);
    expect(apart(sumOf(view), view.evidence)).toBeLessThan(1e-4);
    const { scores } = await steps.whatIf({ off: [0], shift: 0 });
    expect(scores).not.toEqual(view.scores);
    await steps.close();
  });

  it("show the channels that add most where there are many, and the sum of the others", async () => {
    const model = await loadModel(wide({ channels: allUpTo + 6, hidden: false }), { runtime });
    const steps = new ChannelSteps(model);
    for (const rule of rules) {
      const view = await steps.steps(photo, { ...asked, rule });
      expect(view.channels.length).toBe(mostShown);
      expect([...view.channels]).toEqual([...view.channels].sort((a, b) => a - b));
      expect(view.rest?.count).toBe(allUpTo + 6 - mostShown);
      expect(apart(sumOf(view), view.evidence)).toBeLessThan(1e-4);
      expect(total(sumOf(view))).toBeCloseTo(view.score.sum, 3);
    }
    await steps.close();
  });

  it("do not take a head with a ReLU for a linear one", async () => {
    for (const hidden of [false, true]) {
      const model = await loadModel(wide({ channels: 12, hidden }), { runtime });
      const steps = new ChannelSteps(model);
      const { linear, uniform } = await steps.steps(photo, { ...asked, layer: "features" });
      expect([linear, uniform]).toEqual([!hidden, true]);
      await steps.close();
    }
  });
});
