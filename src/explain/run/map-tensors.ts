/** @file The results of explaining one class of each image, and their names in the graphs. */

import { ownTensors, presentTensors, type Tensors } from "../../model/run/tensors.js";
import type { Value } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";

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

/** Values of a graph that become its outputs under names of our own, by the fields that are read from them. */
export type MapValues = { readonly [Field in keyof MapTensors]?: Value | undefined };

const optional = [
  "exact",
  "weights",
  "activation",
  "gradient",
  "attribution",
  "magnitude",
  "attributed",
  "total",
  "neglected",
] as const;

/** Reads the answers from the outputs of a run. */
export function readAnswers(outputs: Tensors): Answers {
  return ownTensors(outputs, ["scores", "probabilities", "predicted"]);
}

/** Reads the map from the outputs of a run. */
export function readMap(outputs: Tensors): MapTensors {
  return { ...ownTensors(outputs, ["evidence", "map"]), ...presentTensors(outputs, optional) };
}

/** Reads all from the outputs of a graph that makes all. */
export function readClassResult(outputs: Tensors): ClassResult {
  return { ...readAnswers(outputs), ...ownTensors(outputs, ["explained"]), ...readMap(outputs) };
}
