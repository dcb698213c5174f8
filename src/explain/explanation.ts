/** @file The explanation of a batch of images, and of each image in it. */

import { FoveaError, shortened } from "../foundation/error.js";
import { type GridMap, rowsAndColumns } from "../image/map/grid-map.js";
import type { FloatMap } from "../image/map/heatmap.js";
import type { Layer } from "../model/layers/layer.js";
import { floats, type Tensor } from "../onnx/tensor.js";
import { type Agreement, agreementOf } from "./faithful/agreement.js";

/**
 * For N images and K explained classes. Places have the axes of the layer: [h, w] of pictures as it is written here, [l] of signals,
 * [d, h, w] of volumes and clips.
 */
export interface ExplanationParts {
  readonly layer: Layer;
  /** The maps show evidence against the classes. */
  readonly against: boolean;
  /** Names of the classes by index; undefined where the model has none. */
  readonly classNames?: readonly string[] | undefined;
  /** Class scores before softmax, [N, classes]. */
  readonly scores: Tensor;
  /** After softmax, or after sigmoid where the network ends in one, [N, classes]. */
  readonly probabilities: Tensor;
  /** Highest score of each image. */
  readonly predicted: readonly number[];
  /** The explained classes, K per image. */
  readonly classes: readonly (readonly number[])[];
  /** Raw maps after the ReLU at the layer's resolution, [N, K, h, w], ≥ 0. */
  readonly maps: Tensor;
  /** The same before the ReLU. */
  readonly evidence: Tensor;
  /**
   * The evidence without the method's average over places, [N, K, h, w], of a method that takes one, where no global average follows
   * the layer (where one does, the average changes nothing); zero where its terms cancel to rounding. Undefined otherwise.
   */
  readonly exact: Tensor | undefined;
  /** Channel weights α, [N, K, C]; undefined where the method has none. */
  readonly weights: Tensor | undefined;
  /** Activations A of the layer, [N, C, h, w], if included. */
  readonly activation: Tensor | undefined;
  /** ∂y/∂A, [N, K, C, h, w], if included. */
  readonly gradient: Tensor | undefined;
  /** The attribution of every element, [N, K, C, h, w], if included and defined. */
  readonly attribution: Tensor | undefined;
  /** All of the attribution by magnitude, [N, K], of a method whose evidence is a sum of terms that may cancel; undefined for others. */
  readonly magnitude: Tensor | undefined;
  /** Of a method that shares out a number, e.g. the score: the attributed part, and the number. Undefined for others. */
  readonly completeness: Completeness | undefined;
  /** Of `topChannels`: the other channels' share of each image's activation, 0 to 1; undefined where all were looked at. */
  readonly neglected: readonly number[] | undefined;
}

/** [N, K], both; the difference is the method's error. */
export interface Completeness {
  readonly attributed: Tensor;
  readonly total: Tensor;
}

/** The explanation of N images, as tensors for all of them; `at(i)` is one image. */
export interface Explanation extends ExplanationParts {
  /**
   * The explanation of image i.
   * @throws FoveaError `bad-input` for an image that is not among the N
   */
  at(i: number): ImageExplanation;
}

/** One class of one image: its index, label, score and probability. */
export interface ClassScore {
  readonly index: number;
  /** The class's name; its index where the model has no names. */
  readonly label: string;
  /** Before softmax. */
  readonly score: number;
  readonly probability: number;
}

/** The explanation of one image: its classes with scores and maps. */
export interface ImageExplanation {
  /** Of all classes, before softmax. */
  readonly scores: Float32Array;
  /** Of all classes. */
  readonly probabilities: Float32Array;
  /** The class with the highest score. */
  readonly predicted: ClassScore;
  /** The K explained classes. */
  readonly classes: readonly ClassScore[];
  /** The maps of the K explained classes. */
  readonly maps: readonly FloatMap[];
  /**
   * The raw map of the k-th explained class (default 0) at the layer's resolution, ≥ 0; that of a signal is one row.
   * @throws FoveaError `bad-input` for a class that is not among the K, and for a map of more axes (see `gridMapOf`)
   */
  map(k?: number): FloatMap;
  /**
   * The signed evidence of the k-th explained class (default 0): the map before its ReLU.
   * @throws FoveaError `bad-input` for a class that is not among the K
   */
  evidence(k?: number): FloatMap;
  /**
   * How far the map of the k-th explained class (default 0) agrees with the exact one, of a method that averages over places where
   * no global average follows the layer; undefined otherwise, and where the exact map is blank.
   * @throws FoveaError `bad-input` for a class that is not among the K
   */
  agreement(k?: number): Agreement | undefined;
}

/** Makes an explanation of its tensors. A copy with other parts, `{ ...explanation, maps }`, reads its own parts. */
export function createExplanation(parts: ExplanationParts): Explanation {
  return {
    layer: parts.layer,
    against: parts.against,
    classNames: parts.classNames,
    scores: parts.scores,
    probabilities: parts.probabilities,
    predicted: parts.predicted,
    classes: parts.classes,
    maps: parts.maps,
    evidence: parts.evidence,
    exact: parts.exact,
    weights: parts.weights,
    activation: parts.activation,
    gradient: parts.gradient,
    attribution: parts.attribution,
    magnitude: parts.magnitude,
    completeness: parts.completeness,
    neglected: parts.neglected,
    at,
  };
}

function at(this: ExplanationParts, i: number): ImageExplanation {
  const { classes: explained, predicted } = this;
  const [classes, top] = [explained[i], predicted[i]];
  if (classes === undefined || top === undefined) throw outOfRange("image", i, predicted.length);
  const scores = row(this.scores, i);
  const probabilities = row(this.probabilities, i);
  const classScore = (index: number): ClassScore => ({
    index,
    label: this.classNames?.[index] ?? String(index),
    score: scores[index] ?? Number.NaN,
    probability: probabilities[index] ?? Number.NaN,
  });
  return {
    scores,
    probabilities,
    predicted: classScore(top),
    classes: classes.map(classScore),
    get maps() {
      return classes.map((_, k) => this.map(k));
    },
    map: (k = 0) => mapIn(this.maps, i, k),
    evidence: (k = 0) => mapIn(this.evidence, i, k),
    agreement: (k = 0) => this.exact && agreementOf(rowOfClass(this.evidence, i, k), rowOfClass(this.exact, i, k)),
  };
}

/** Image i and class k of maps [N, K, h, w], copied. */
function mapIn(maps: Tensor, i: number, k: number): FloatMap {
  const { sizes, values } = gridMapIn(maps, i, k);
  return rowsAndColumns({ sizes, values: values.slice() });
}

/** Image i and class k of maps [N, K, ...places], shared. */
export function gridMapIn(maps: Tensor, i: number, k: number): GridMap {
  return { sizes: maps.dims.slice(2), values: rowOfClass(maps, i, k) };
}

/**
 * The elements of image i and class k of a tensor [N, K, ...], shared.
 * @throws FoveaError `bad-input` for an image or a class that the tensor does not hold
 */
export function rowOfClass(tensor: Tensor, i: number, k: number): Float32Array {
  const [count = 1, classes = 1] = tensor.dims;
  checkIndex("image", i, count);
  checkIndex("explained class", k, classes);
  const size = tensor.size / (count * classes);
  const start = (i * classes + k) * size;
  return floats(tensor).subarray(start, start + size);
}

/** The elements of image i of a tensor [N, ...], shared. */
function row(tensor: Tensor, i: number): Float32Array {
  const size = tensor.size / Math.max(tensor.dims[0] ?? 1, 1);
  return floats(tensor).subarray(i * size, (i + 1) * size);
}

function checkIndex(what: string, index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw outOfRange(what, index, count);
}

function outOfRange(what: string, index: number, count: number): FoveaError {
  return new FoveaError("bad-input", `${what} ${shortened(index)}: expected 0 to ${count - 1}`);
}
