/** @file The results of explaining one class of each image, and their names in the graphs. */

import { at } from "../../foundation/present.js";
import { own, type Tensors, tensorNamed } from "../../model/run/tensors.js";
import type { Value } from "../../onnx/graph.js";
import { float32, floats, int64, numbers, type Tensor } from "../../onnx/tensor.js";

/** The network's answers to N images. */
export type Answers = {
  /** [N, classes], both. */
  readonly scores: Tensor;
  readonly probabilities: Tensor;
  /** int64 [N]. */
  readonly predicted: Tensor;
};

/** The map of one class of N images. */
export type MapTensors = {
  /** Before and after the ReLU, [N, 1, h, w]. */
  readonly evidence: Tensor;
  readonly map: Tensor;
  /** Before the ReLU, [N, 1, h, w]. */
  readonly exact: Tensor | undefined;
  /** [N, C]. */
  readonly weights: Tensor | undefined;
  /** [N, C, h, w]. */
  readonly activation: Tensor | undefined;
  readonly gradient: Tensor | undefined;
  readonly attribution: Tensor | undefined;
  /** [N], all three. */
  readonly magnitude: Tensor | undefined;
  readonly attributed: Tensor | undefined;
  readonly total: Tensor | undefined;
  /** [N], a share. */
  readonly neglected: Tensor | undefined;
};

/** The answers, the class that is explained of each image, int64 [N], and its map. */
export type ClassResult = Answers & MapTensors & { readonly explained: Tensor };

/** What a graph gives of a map; the map itself is what is positive of its evidence. */
type MapField = Exclude<keyof MapTensors, "map">;

/** Values of a graph that become its outputs under names of our own, by the fields that are read from them. */
export type MapValues = { readonly [Field in MapField]?: Value | undefined };

/** The outputs' names, made once: a name that is put together anew takes longer to look up than a small node to compute. */
const names = {
  scores: own("scores"),
  probabilities: own("probabilities"),
  predicted: own("predicted"),
  evidence: own("evidence"),
  exact: own("exact"),
  weights: own("weights"),
  activation: own("activation"),
  gradient: own("gradient"),
  attribution: own("attribution"),
  magnitude: own("magnitude"),
  attributed: own("attributed"),
  total: own("total"),
  neglected: own("neglected"),
} as const satisfies Record<keyof Answers | MapField, Value>;

/** Reads the answers from the outputs of a run. */
export function readAnswers(outputs: Tensors): Answers {
  return {
    scores: tensorNamed(outputs, names.scores),
    probabilities: tensorNamed(outputs, names.probabilities),
    predicted: tensorNamed(outputs, names.predicted),
  };
}

/** Reads the map from the outputs of a run. */
export function readMap(outputs: Tensors): MapTensors {
  const evidence = tensorNamed(outputs, names.evidence);
  return {
    evidence,
    map: positivePart(evidence),
    exact: outputs[names.exact],
    weights: outputs[names.weights],
    activation: outputs[names.activation],
    gradient: outputs[names.gradient],
    attribution: outputs[names.attribution],
    magnitude: outputs[names.magnitude],
    attributed: outputs[names.attributed],
    total: outputs[names.total],
    neglected: outputs[names.neglected],
  };
}

/**
 * Reads all from the outputs of a graph that makes all. Field by field: to spread two objects into one takes as long as a small run.
 * @param chosen the class that was asked for of each image; -1 for the predicted one
 */
export function readClassResult(outputs: Tensors, chosen: readonly number[]): ClassResult {
  const { scores, probabilities, predicted } = readAnswers(outputs);
  const map = readMap(outputs);
  return {
    scores,
    probabilities,
    predicted,
    explained: explainedOf(chosen, predicted),
    evidence: map.evidence,
    map: map.map,
    exact: map.exact,
    weights: map.weights,
    activation: map.activation,
    gradient: map.gradient,
    attribution: map.attribution,
    magnitude: map.magnitude,
    attributed: map.attributed,
    total: map.total,
    neglected: map.neglected,
  };
}

/** The ReLU of a float32 tensor. Here, because one output more of a graph takes longer than this loop. */
export function positivePart(tensor: Tensor): Tensor {
  const values = floats(tensor).slice();
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i] ?? 0);
  return float32(tensor.dims, values);
}

function explainedOf(chosen: readonly number[], predicted: Tensor): Tensor {
  if (chosen.every((index) => index < 0)) return predicted;
  const top = numbers(predicted);
  return int64(chosen.map((index, i) => (index < 0 ? at(top, i) : index)));
}
