/** @file The backbone of transfer learning: a trained network without its last layer. */

import { FoveaError } from "../../foundation/error.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, type Graph, producers, type Value, type ValueInfo } from "../../onnx/graph.js";
import { descendants, distancesTo, prune } from "../../onnx/prune.js";

/** A trained network without its last layer. */
export interface Backbone {
  /** From the network's input to `features`. */
  readonly graph: Graph;
  readonly input: Value;
  /** [N, width]. */
  readonly features: Value;
  readonly width: number;
  /** The value that the features are taken from, by its name in the network: the input of its last layer. */
  readonly layer: Value;
}

/** A classifier with the types of its inner values, as `openModel` gives it. */
export interface TrainedClassifier {
  readonly graph: Graph;
  readonly input: ValueInfo;
  readonly scores: Value;
}

/**
 * Takes off a classifier's last layer with weights. The input of that layer becomes the features, averaged over all places where
 * it has places.
 * @param layer another value to take the features from, [N, C], [N, T, C] or [N, C, H, W]. Default: the input of the last layer
 * @throws FoveaError `unknown-name`, `bad-graph` where there is no such layer, or its size is not known
 */
export function extractBackbone({ graph, input, scores }: TrainedClassifier, layer?: Value): Backbone {
  const source = layer ?? findLastInput(graph, input.name, scores);
  const dependent = descendants(graph, [input.name]);
  if (source === undefined || !dependent.has(source)) {
    const got = source === undefined ? "none" : `"${source}"`;
    const expected = "expected a last layer with weights, or the name of a value behind the image";
    throw new FoveaError("bad-graph", `features: ${expected}, got ${got}: name one with --features`);
  }
  const dims = dimsOf(graph, source) ?? [];
  const width = dims[dims.length === 3 ? 2 : 1];
  if (typeof width !== "number" || dims.length < 2 || dims.length > 4) {
    throw new FoveaError(
      "bad-graph",
      `features "${source}": expected [N, C], [N, T, C] or [N, C, H, W] with a known C, got [${dims.join(", ")}]`,
    );
  }
  const op = new Builder(copyGraph(graph), "features");
  const features = appendPooling(op, source, dims.length);
  return { graph: prune(op.graph, [features]), input: input.name, features, width, layer: source };
}

function appendPooling(op: Builder, value: Value, rank: number): Value {
  if (rank === 4) return op.Flatten(op.GlobalAveragePool(value), { axis: 1 });
  return rank === 3 ? op.ReduceMean(value, op.ints([1]), { keepdims: 0 }) : value;
}

const weightedOperators = new Set(["Gemm", "MatMul", "Conv"]);

/** Of the layers whose second input does not depend on the image: the input of the one nearest to the scores. */
function findLastInput(graph: Graph, input: Value, scores: Value): Value | undefined {
  const [producerOf, dependent] = [producers(graph), descendants(graph, [input])];
  for (const value of distancesTo(graph, scores).keys()) {
    const { op, inputs } = producerOf.get(value) ?? { op: "", inputs: [] };
    const [data = "", weight = ""] = inputs;
    if (weightedOperators.has(op) && dependent.has(data) && !dependent.has(weight)) return data;
  }
  return undefined;
}
