/** @file Why maps cannot be read: small networks and images that make each kind of such a map. */

import { describe, expect, it } from "vitest";
import { diagnoseFully } from "../../../src/explain/diagnose/diagnose-fully.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { diagnosisOf } from "../../../src/explain/maps.js";
import { openModel } from "../../../src/model/open.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { diagnosed, linear, network, picture, slope, spot } from "../architectures/unreadable.js";

describe("a map that can be read", () => {
  it("is fine", async () => {
    const found = await diagnosed({ graph: convNet(), image: images(1), class: 1, layer: "features" });
    expect(found).toMatchObject({ condition: "fine", text: "", suggestions: [] });
  });

  it("costs no further run", async () => {
    let opened = 0;
    const open: typeof runtime.open = (...args) => {
      opened++;
      return runtime.open(...args);
    };
    const model = await openModel(network(linear([1, 2])), runtime);
    const explainer = await createExplainer(model, { runtime: { ...runtime, open } });
    const explanation = await explainer.explain(slope);
    await diagnoseFully(explainer, slope, explanation);
    expect(opened).toBe(1);
  });
});

describe("a map of numbers that are not finite", () => {
  it("is traced to the node where the network overflows", async () => {
    const graph = network((op, features) =>
      linear([1, 1])(
        op,
        op.layer("second", "Mul", [op.layer("first", "Mul", [features, op.scalar(1e30)]), op.scalar(1e30)]),
      ),
    );
    const found = await diagnosed({ graph, image: slope });
    expect(found).toMatchObject({
      condition: "not-finite",
      cause: { kind: "overflow", node: "second", op: "Mul", count: 32, of: 32 },
      suggestions: [],
    });
    expect(found.text).toMatch(
      /^\d+ of the map's 16 values are not finite, and neither is the score\. It begins at Mul/,
    );
  });

  it("is traced to weights that are none", async () => {
    const graph = network(linear([Number.NaN, 1]));
    const { cause } = await diagnosed({ graph, image: slope });
    expect(cause).toMatchObject({ kind: "overflow", op: "Gemm", count: 1, of: 2 });
    expect(cause?.text).toContain("its weights");
  });

  it("is traced to the gradient where that alone overflows", async () => {
    const graph = network((op, features) => {
      const small = op.layer("small", "Mul", [features, op.scalar(1e-35)]);
      return linear([1, 1])(
        op,
        op.layer("large", "Mul", [op.layer("up", "Mul", [small, op.scalar(1e25)]), op.scalar(1e25)]),
      );
    });
    const found = await diagnosed({ graph, image: slope, layer: "small" });
    expect(found).toMatchObject({
      condition: "not-finite",
      cause: { kind: "overflow", node: "up" },
      suggestions: [{ layer: "large" }],
    });
    expect(found.text).not.toContain("score");
  });
});

describe("a map without evidence for the class", () => {
  it("says how much speaks against it, and that its negative or the predicted class has a map", async () => {
    const found = await diagnosed({ graph: network(linear([-1, -2], [1, 2])), image: slope });
    expect(found).toMatchObject({
      condition: "all-against",
      facts: { negativePositions: 16, negativeShare: 1, height: 4, width: 4 },
      suggestions: [{ against: true }, { class: "predicted" }],
    });
    expect(found.facts.probability).toBeLessThan(1e-10);
    expect(found.text).toMatch(
      /^Nothing at this layer speaks for this class \(probability \de-\d+ %\): 16 of 16 positions speak against it\. Look at what speaks against it instead, or at the predicted class, 1\.$/,
    );
  });

  it("says the same of what speaks against it", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2], [1, 1])), image: slope, against: true });
    expect(found).toMatchObject({ condition: "all-against", suggestions: [{ against: false }] });
    expect(found.text).toContain("16 of 16 positions speak for it");
  });

  it("names a layer that has some for the predicted class", async () => {
    const graph = network((op, features) => {
      const below = op.layer("below", "Sub", [features, op.scalar(100)]);
      return linear([1, 2], [0, 0])(op, op.layer("above", "Add", [below, op.scalar(100)]));
    });
    const found = await diagnosed({ graph, image: slope, layer: "below" });
    expect(found).toMatchObject({ condition: "all-against", suggestions: [{ layer: "above" }, { against: true }] });
  });

  it("says when hardly any is left", async () => {
    const image = picture(spot(1, 2, 0, 10), spot(1, 2, 0.5, 0));
    const found = await diagnosed({ graph: network(linear([-1, 1], [1, 1])), image });
    expect(found).toMatchObject({ condition: "mostly-against", facts: { negativePositions: 15, row: 1, column: 2 } });
    expect(found.facts.negativeShare).toBeCloseTo(150 / 150.5);
    expect(found.text).toContain("Only 0.3 % of the evidence at this layer speaks for this class");
  });
});

describe("a map that cannot say where", () => {
  it("is constant where all positions were pooled before, and an earlier layer is named", async () => {
    const graph = network((op, features) => {
      const pooled = op.layer("pool", "GlobalAveragePool", [features]);
      const spread = op.layer("spread", "Expand", [pooled, op.Shape(features)]);
      return linear([1, 2], [1, 1])(op, op.layer("context", "Relu", [spread]));
    });
    const found = await diagnosed({ graph, image: slope, layer: "context" });
    expect(found).toMatchObject({
      condition: "constant",
      cause: { kind: "pooled", node: "pool", op: "GlobalAveragePool" },
      suggestions: [{ layer: "stem" }],
    });
    expect(found.text).toContain("the same value at all 16 positions");
  });

  it("is constant, without such a cause, for an empty picture", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2])), image: picture(() => 1) });
    expect(found).toMatchObject({ condition: "constant", suggestions: [] });
    expect(found.cause).toBeUndefined();
  });

  it("is flat where its values hardly differ", async () => {
    const found = await diagnosed({ graph: network(linear([1, 2])), image: picture((y, x) => 100 + (y + x) / 2) });
    expect(found.condition).toBe("flat");
    expect(found.facts.weakest).toBeCloseTo(100.5 / 106.5, 2);
  });

  it("is a single position, with its place and share, and a finer layer is named", async () => {
    const image = picture(
      (y, x) => (y > 3 || x > 3 ? 0.01 : y === 0 || x === 0 ? 5 : 4),
      () => 0,
      12,
    );
    const graph = network((op, features) => {
      const pool = { kernel_shape: [2, 2], strides: [2, 2] };
      return linear([1, 1])(op, op.layer("coarser", "AveragePool", [features], pool));
    }, 12);
    const found = await diagnosed({ graph, image, layer: "coarser" });
    expect(found).toMatchObject({
      condition: "single-pixel",
      facts: { row: 0, column: 0, height: 3, width: 3 },
      suggestions: [{ layer: "features" }],
    });
    expect(found.facts.peakShare).toBeGreaterThan(0.95);
    expect(found.text).toMatch(
      /^One position \(row 0, column 0 of 3x3\) holds 98 % of the evidence, and outshines all others \d+ to 1\. Layer features \(2x6x6\) gives a readable map\.$/,
    );
  });

  it("is coarse with four positions or fewer", async () => {
    const found = await diagnosed({
      graph: network(linear([1, 2]), 4),
      image: picture((y, x) => 1 + y * x, undefined, 4),
    });
    expect(found).toMatchObject({
      condition: "coarse",
      facts: { height: 2, width: 2 },
      suggestions: [{ layer: "stem" }],
    });
    expect(found.text).toBe(
      "The layer has 2x2 positions: too few to say where. Layer stem (2x4x4) gives a readable map.",
    );
  });
});

it("diagnoses each image and class of a batch on its own", async () => {
  const model = await openModel(network(linear([1, 1], [-1, -1])), runtime);
  const explainer = await createExplainer(model, { runtime });
  const batch = float32([2, 2, 8, 8], [...floats(picture(() => 1)), ...floats(slope)]);
  const explanation = await explainer.explain(batch, { classes: [0, 1] });
  const found = [0, 1].map((i) => [0, 1].map((k) => diagnosisOf(explanation, i, k).condition));
  expect(found).toEqual([
    ["constant", "all-against"],
    ["fine", "all-against"],
  ]);
  const full = await diagnoseFully(explainer, batch, explanation, { i: 1, k: 1 });
  expect(full.suggestions).toEqual([{ against: true }, { class: "predicted" }]);
});

it("looks no further after an abort, and throws what it was aborted with", async () => {
  const model = await openModel(network(linear([1, 1], [-1, -1])), runtime);
  const explainer = await createExplainer(model, { runtime });
  const explanation = await explainer.explain(slope, { classes: [1] });
  const reason = new Error("enough");
  const looking = diagnoseFully(explainer, slope, explanation, { signal: AbortSignal.abort(reason) });
  await expect(looking).rejects.toBe(reason);
});
