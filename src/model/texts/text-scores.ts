/** @file Scores of texts as the output of a graph, and what they say of it: its classes and its task. */

import type { Builder } from "../../onnx/builder.js";
import type { Dim, Graph, Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32 } from "../../onnx/tensor.js";
import { withModelCard } from "../card.js";
import { cosineOutput } from "../tasks/image-text.js";
import type { TextScore } from "./text-options.js";

const probabilityOutput = "probabilities";

/** The key of a model's metadata under which the texts stand that it compares pictures with. */
export const textsKey = "fovea.texts";

/** The smallest normal number of float32, of which the logarithm is finite. */
const tiny = 2 ** -126;

/** Each row divided by its length, [N, D]. */
export function appendUnits(op: Builder, vectors: Value): Value {
  const length = op.Sqrt(op.ReduceSumSquare(vectors, op.ints([1]), { keepdims: 1 }));
  return op.Div(vectors, op.Max(length, op.scalar(1e-30)));
}

/** The cosines of images [N, D] and texts [T, D], [N, T]. */
export function appendCosines(op: Builder, image: Value, text: Value): Value {
  return op.MatMul(appendUnits(op, image), op.Transpose(appendUnits(op, text), { perm: [1, 0] }));
}

/**
 * The log-odds of each text's share in the softmax over all of them: the logarithm of the share less that of the others' sum. Its gradient
 * is that of the share but for a positive factor, and does not vanish where a text has nearly all, since the others are added up and not
 * taken from 1. Sums are products with a matrix: values of [images, texts, texts] would look like tokens of a grid.
 */
function appendOdds(op: Builder, logits: Value, texts: number): Value {
  const shares = op.LogSoftmax(logits, { axis: 1 });
  const others = Float32Array.from({ length: texts * texts }, (_, i) => (i % (texts + 1) === 0 ? 0 : 1));
  const rest = op.MatMul(op.Exp(shares), op.constant(float32([texts, texts], others), "others"));
  return op.Sub(shares, op.Log(op.Max(rest, op.scalar(tiny))));
}

/** What is made of scores of texts. */
export interface Scored {
  readonly score: TextScore;
  /** float32 [N, texts]: cosines, or what softmax or sigmoid make probabilities of. */
  readonly value: Value;
  readonly names: readonly string[];
  /** The number of images. */
  readonly batch: Dim;
}

/** The part of the graph that gives a score for each text, an ordinary network whose classes are the texts. */
export function withScores(op: Builder, { score, value, names, batch }: Scored): Graph {
  const made =
    score === "cosine"
      ? op.Identity(value)
      : op.Sigmoid(score === "softmax" ? appendOdds(op, value, names.length) : value);
  const output = op.named(op.scope("").fresh(score === "cosine" ? cosineOutput : probabilityOutput), made);
  const graph = prune(op.graph, [output]);
  graph.outputs = [{ name: output, type: "float32", dims: [batch || "N", names.length] }];
  const isSingle = score === "sigmoid" && names.length === 1;
  const classes = isSingle ? [`not ${names.join("")}`, ...names] : names;
  const { metadata, ...rest } = withModelCard(graph, { classes });
  const task = score === "cosine" ? "image-text" : score === "sigmoid" && !isSingle ? "multi-label" : "classification";
  return { ...rest, metadata: new Map([...metadata, ["fovea.task", task], [textsKey, JSON.stringify(names)]]) };
}
