/** @file Appends the explained score: that of a class that is chosen when the graph is run. */

import type { Model } from "../../model/model.js";
import { appendScores } from "../../model/run/classifier.js";
import { own } from "../../model/run/tensors.js";
import type { Builder } from "../../onnx/builder.js";
import type { Dim, Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { ScoreToExplain } from "../method.js";

export interface AppendedTarget {
  /** [N, classes], both. */
  readonly scores: Value;
  readonly probabilities: Value;
  /** int64 [N], both. */
  readonly predicted: Value;
  readonly explained: Value;
  readonly target: ScoreToExplain;
}

/**
 * The input `class`, int64 [N], says which class; -1 is the one with the highest score.
 * @param against whether the gradient is negated
 */
export function appendTarget(op: Builder, model: Model, against: boolean): AppendedTarget {
  const { scores, probabilities, ranking } = appendScores(op, model);
  const predicted = op.ArgMax(ranking, { axis: 1, keepdims: 0 });
  op.graph.types.set(predicted, { type: "int64", dims: [batchOf(model)] });
  const classInput = op.input(own("class"), "int64", [batchOf(model)]);
  const explained = op.Where(op.Less(classInput, op.int(0)), predicted, classInput);
  const target = { scores, classes: explained, seed: appendSeed(op, scores, explained, against) };
  return { scores, probabilities, predicted, explained, target };
}

/** The images' own name of their number, by which onnxruntime knows sizes of gradients for those of the network. */
function batchOf({ input }: Model): Dim {
  return input.dims?.[0] || "N";
}

/** The gradient that arrives at the scores: one at each image's class. */
export function appendSeed(op: Builder, scores: Value, classes: Value, against: boolean): Value {
  const count = op.Gather(op.Shape(scores), op.int(1));
  return op.OneHot(classes, count, op.constant(float32([2], [0, against ? -1 : 1]), "off_on"), { axis: 1 });
}
