/** @file Families of methods on a network of which it is known where it looks. */

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawTwoShapes } from "../../../src/data/two-shapes.js";
import { type Families, openFamilies, type ShownMap } from "../../../src/evaluate/agreement/compare-families.js";
import { inferencesToCompare, isCheapToCompare } from "../../../src/evaluate/agreement/cost.js";
import type { FamiliesCompared } from "../../../src/evaluate/agreement/judge-families.js";
import type { Explanation } from "../../../src/explain/explanation.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import { loadModel } from "../../../src/explain/node.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { at } from "../../../src/foundation/present.js";
import { joined } from "../../../src/model/run/batches.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

const count = 6;
const { test } = drawTwoShapes({ test: 2 * count, seed: 4 });
const inputs: { readonly input: Tensor; readonly labels: readonly number[] }[] = [];
let model: LoadedModel;
let families: Families;

beforeAll(async () => {
  model = await loadModel(fileURLToPath(new URL("../../../models/shapes.onnx", import.meta.url)), { runtime });
  families = openFamilies(model);
  const size = test.width * test.height;
  for (let i = 0; i < 2 * count; i += 2) {
    const pixels = test.pixels.slice(i * size, (i + 1) * size);
    const input = await model.preprocess(pixels, [1, 1, test.height, test.width]);
    inputs.push({ input, labels: [at(test.labels, i), at(test.labels, i + 1)] });
  }
});
afterAll(() => families.close());

/** Of both classes of every image. */
async function comparedWith(method: string, order = [0, 1]): Promise<FamiliesCompared[]> {
  const explainer = await model.explainer({ method });
  const all: FamiliesCompared[] = [];
  for (const { input, labels } of inputs) {
    const classes = order.map((k) => at(labels, k));
    const explanation = await explainer.explain(input, { classes });
    // In another order, the maps of one class under the name of the other.
    const shown = shownBy(method, explanation);
    all.push(...at(await families.compare(input, [labels], { shown }), 0));
  }
  await explainer.close();
  return all;
}

function shownBy(method: string, explanation: Explanation): ShownMap {
  return { method: methodNamed(method), evidence: (i, k) => explanation.at(i).evidence(k) };
}

const shareOf = (all: readonly FamiliesCompared[], verdict: string) =>
  all.filter(({ shown }) => shown?.verdict === verdict).length / all.length;

describe("openFamilies() on two drawn shapes", () => {
  it("finds that three families agree about most images, and with the map that points at the truth", async () => {
    const all = await comparedWith("grad-cam");
    expect(all.filter(({ verdict }) => verdict === "agree").length / all.length).toBeGreaterThan(0.7);
    expect(shareOf(all, "agree")).toBeGreaterThan(0.7);
    expect(shareOf(all, "disagree")).toBeLessThan(0.1);
  });

  it("finds that they agree with no map of the other class", async () => {
    expect(shareOf(await comparedWith("grad-cam", [1, 0]), "disagree")).toBe(1);
  });

  it("finds that they seldom agree with random weights", async () => {
    expect(shareOf(await comparedWith("random-cam"), "agree")).toBeLessThan(0.3);
  });

  it("compares two families where a network passes no gradient", async () => {
    const two = openFamilies({ ...model, explainer: refuseGradients });
    const { input } = at(inputs, 0);
    const explainer = await model.explainer({ method: "eigen-cam" });
    const explanation = await explainer.explain(input);
    const [[compared] = []] = await two.compare(input, explanation.classes, {
      shown: shownBy("eigen-cam", explanation),
    });
    await two.close();
    await explainer.close();
    expect(compared?.maps.map(({ method }) => method)).toEqual(["ablation-cam", "occlusion"]);
    expect(compared?.silent).toEqual([
      { family: "pixels", title: "Integrated gradients", reason: "QLinearConv: no gradient" },
    ]);
    expect(compared?.pairs).toHaveLength(1);
    expect(compared?.shown?.pairs).toHaveLength(1);
  });

  it("gives each image of a batch its own answer", async () => {
    const pair = [at(inputs, 0), at(inputs, 1)];
    const both = joined(pair.map(({ input }) => input));
    const classes = pair.map(({ labels }) => labels);
    const together = await families.compare(both, classes);
    for (const [i, { input, labels }] of pair.entries()) {
      const [alone] = await families.compare(input, [labels]);
      const of = (rows: readonly FamiliesCompared[] | undefined) => rows?.[1]?.pairs.map(({ pValue }) => pValue);
      expect(of(together[i])).toEqual(of(alone));
    }
  });
});

async function refuseGradients(options: Parameters<LoadedModel["explainer"]>[0] = {}) {
  const { method = "grad-cam" } = options;
  const { needsGradient } = typeof method === "string" ? methodNamed(method) : method;
  if (needsGradient) throw new FoveaError("unsupported-operator", "QLinearConv: no gradient");
  return model.explainer(options);
}

const blank = float32([1, 1, 42, 42], new Float32Array(42 * 42));

describe("the cost of a comparison", () => {
  it("is a run, eight gradients of pixels and 49 hidden parts for a square image", () => {
    expect(inferencesToCompare(model, blank, 1)).toBe(1 + 8 * 3 + 49 + 1);
    expect(inferencesToCompare(model, blank, 2)).toBe(2 * 25 + 50);
  });

  it("is little for the network of shapes", () => {
    expect(isCheapToCompare(model, blank, 1)).toBe(true);
    expect(isCheapToCompare(model, blank, 100)).toBe(false);
  });
});
