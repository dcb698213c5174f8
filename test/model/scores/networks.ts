/** @file One small network with endings of all kinds, and the same network without one. */

import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { floats, numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** Appends a network's ending to its class scores [N, classes]. */
export type AppendEnding = (op: Builder, logits: Value, features: Value) => Value;

/** Conv - Relu ("features") - mean - linear, with `classes` scores, and an ending. */
export function network(ending: AppendEnding = (_, logits) => logits, classes = 4): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 12, 12]);
  const weights = (dims: readonly number[], seed: string) => op.constant(randomTensor(dims, seed), "w");
  const planes = op.Conv(x, weights([6, 3, 3, 3], "a"), weights([6], "b"), { pads: [1, 1, 1, 1], strides: [2, 2] });
  const features = op.layer("features", "Relu", [planes]);
  const pooled = op.Flatten(op.GlobalAveragePool(features), { axis: 1 });
  const logits = op.layer("logits", "Gemm", [pooled, weights([6, classes], "c"), weights([classes], "d")]);
  op.output(ending(op, logits, features), "y");
  return op.graph;
}

export const images: Tensor = randomTensor([3, 3, 12, 12], "images");

/** What a raw session of the graph gives for the images. */
export async function rawOutput(graph: Graph, input = images): Promise<number[]> {
  const session = await runtime.open(graph, { optimize: false });
  const { y } = await session.run({ x: input });
  await session.close();
  return numbers(y as Tensor);
}

/** The model, its maps of one class, and its probabilities. */
export async function explainedBy(graph: Graph, index = 1, input = images) {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  try {
    const { evidence, probabilities, predicted } = await explainer.explain(input, { classes: [index] });
    return { model, evidence: floats(evidence), probabilities: numbers(probabilities), predicted };
  } finally {
    await explainer.close();
  }
}

/** The largest difference of two lists, relative to the largest number of the second. */
export function apart(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - (actual[i] ?? Number.NaN)))) / largest;
}
