/** @file A normalisation over channels behind the layer leaves HiResCAM nothing but rounding, and a diagnosis says so. */

import { describe, expect, it } from "vitest";
import { diagnoseFully } from "../../../src/explain/diagnose/diagnose-fully.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { diagnosisOf } from "../../../src/explain/maps.js";
import { openModel } from "../../../src/model/open.js";
import { Builder, float } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { prune } from "../../../src/onnx/prune.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { run } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

type Normalise = (op: Builder, rows: Value) => Value;

const channels = 8;
const epsilon = 1e-6;
const scale = (op: Builder, seed: string) => op.constant(randomTensor([channels], seed, { interval: [0.5, 1.5] }));

const native: Normalise = (op, rows) =>
  op.node("LayerNormalization", [rows, scale(op, "scale"), scale(op, "shift")], {
    axis: -1,
    epsilon: float(epsilon),
  })[0];
const overLength = (op: Builder, rows: Value, length: Value) => op.Mul(op.Div(rows, length), scale(op, "scale"));

/** Each takes the scale of a position's channels away. */
const normalisations: Record<string, Normalise> = {
  LayerNormalization: native,
  "LayerNormalization written out": (op, rows) => {
    const centred = op.Sub(rows, op.ReduceMean(rows, op.ints([-1])));
    const variance = op.ReduceMean(op.Pow(centred, op.scalar(2)), op.ints([-1]));
    return overLength(op, centred, op.Sqrt(op.Add(variance, op.scalar(epsilon))));
  },
  "a root mean square": (op, rows) => {
    const meanSquare = op.ReduceMean(op.Mul(rows, rows), op.ints([-1]));
    return overLength(op, rows, op.Sqrt(op.Add(meanSquare, op.scalar(epsilon))));
  },
  "a length of one": (op, rows) => overLength(op, rows, op.ReduceL2(rows, op.ints([-1]))),
};

/** Each normalises, but leaves the scale of single positions its part in the score. */
const others: Record<string, Normalise> = {
  "a normalisation with a way around it": (op, rows) => op.Add(rows, native(op, rows)),
  "a normalisation behind the mean over positions": (op, rows) =>
    native(op, op.ReduceMean(rows, op.ints([1]), { keepdims: 1 })),
  "a normalisation over positions": (op, rows) => {
    const centred = op.Sub(rows, op.ReduceMean(rows, op.ints([1])));
    const variance = op.ReduceMean(op.Mul(centred, centred), op.ints([1]));
    return overLength(op, centred, op.Sqrt(op.Add(variance, op.scalar(epsilon))));
  },
  "no normalisation": (_op, rows) => rows,
};

/** Convolution "layer", rows of channels, a part of the test's own, a rectifier, the mean over positions, and three scores. */
function netWith(normalise: Normalise): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  op.layer("layer", "Conv", [x, op.constant(randomTensor([channels, 3, 3, 3], "kernel"))], { strides: [2, 2] });
  const rows = op.Transpose(op.Reshape("layer", op.ints([0, channels, -1])), { perm: [0, 2, 1] });
  const features = op.ReduceMean(op.Relu(normalise(op, rows)), op.ints([1]), { keepdims: 0 });
  op.output(op.Gemm(features, op.constant(randomTensor([channels, 3], "head"))), "y");
  return op.graph;
}

const image = randomTensor([1, 3, 8, 8], "image");

async function explained(graph: Graph, method: string) {
  const explainer = await createExplainer(await openModel(graph, runtime), { runtime, method, layer: "layer" });
  return { explainer, explanation: await explainer.explain(image) };
}

async function conditionOf(graph: Graph, method: string): Promise<string> {
  const { explainer, explanation } = await explained(graph, method);
  await explainer.close();
  return diagnosisOf(explanation, 0).condition;
}

describe.each(Object.entries(normalisations))("behind the layer %s", (_, normalise) => {
  it("makes the score independent of the scale of any position's channels", async () => {
    const graph = await inferTypes(netWith(normalise), runtime);
    const { layer } = await run({ ...graph, outputs: [{ name: "layer" }] }, { x: image });
    const [, , height = 0, width = 0] = layer?.dims ?? [];
    const scaled = floats(layer as Tensor).map((value, i) => value * (1 + 0.5 * ((i % (height * width)) % 3)));
    const tail = prune(graph, ["y"], ["layer"]);
    const scores = [layer as Tensor, float32(layer?.dims ?? [], scaled)].map((at) => run(tail, { layer: at }));
    const [before, after] = await Promise.all(scores);
    floats(before?.y as Tensor).forEach((value, k) => {
      expect(floats(after?.y as Tensor)[k]).toBeCloseTo(value, 4);
    });
  });

  it("leaves HiResCAM rounding, which is said with its cause and a method that helps", async () => {
    const { explainer, explanation } = await explained(netWith(normalise), "hires-cam");
    const { condition, facts, cause, suggestions, text } = await diagnoseFully(explainer, image, explanation);
    await explainer.close();
    expect([condition, cause?.kind]).toEqual(["cancelled-terms", "normalised"]);
    expect(facts.left).toBeLessThan(1e-4);
    expect(cause?.node).toBeDefined();
    expect(suggestions.length).toBeGreaterThan(0);
    expect(text).toMatch(
      /^At every position the terms of the channels cancel: what is left is \de-\d+ of them, which is/,
    );
  });

  it.each(["grad-cam", "layer-cam", "grad-cam-elementwise"])("leaves %s its map", async (method) => {
    expect(await conditionOf(netWith(normalise), method)).not.toBe("cancelled-terms");
  });
});

it.each(Object.entries(others))("takes no signal for rounding: %s", async (_, normalise) => {
  const { explainer, explanation } = await explained(netWith(normalise), "hires-cam");
  await explainer.close();
  const { condition, facts } = diagnosisOf(explanation, 0);
  expect(condition).not.toBe("cancelled-terms");
  expect(facts.left).toBeGreaterThan(0.01);
});

it("tells how much of a sum is left: all of it, where no term speaks against another", async () => {
  const op = new Builder();
  op.layer("layer", "Relu", [op.input("x", "float32", ["N", 3, 8, 8])]);
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool("layer")), op.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]))), "y");
  const { explainer, explanation } = await explained(op.graph, "hires-cam");
  await explainer.close();
  expect(diagnosisOf(explanation, 0).facts.left).toBeCloseTo(1, 5);
});
