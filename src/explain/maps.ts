/** @file Single maps out of an explanation of many images and classes. */

import { type EmphasisOptions, emphasizedPeak, withoutWeak } from "../image/map/emphasis.js";
import { type FloatMap, floatMap, normalizeMap } from "../image/map/heatmap.js";
import { type Box, placeMap, resizeMap } from "../image/picture/resize.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import { diagnose, type MapDiagnosis } from "./diagnose/diagnose.js";
import type { Explanation } from "./explainer.js";

export interface MapOptions {
  /** What speaks against the class, too, as values below zero. Default false. */
  readonly signed?: boolean;
}

/** The raw map of image i for its k-th explained class, at the layer's resolution, ≥ 0 unless signed. */
export function mapOf(
  { maps, evidence }: Explanation,
  i: number,
  k = 0,
  { signed = false }: MapOptions = {},
): FloatMap {
  const [, , height = 1, width = 1] = maps.dims;
  return floatMap(width, height, row(signed ? evidence : maps, i, k).slice());
}

/** An explanation whose maps are others; what belongs to single channels goes with the old ones. */
export function withEvidence(explanation: Explanation, evidence: Tensor): Explanation {
  const maps = float32(
    evidence.dims,
    floats(evidence).map((value) => Math.max(0, value)),
  );
  return { ...explanation, evidence, maps, weights: undefined, attribution: undefined, completeness: undefined };
}

export interface DisplayMapOptions extends EmphasisOptions {
  /** Size of the picture that the map is laid over. */
  readonly width: number;
  readonly height: number;
  /** The part of the picture that the network saw. Default: all of it. */
  readonly box?: Box;
  /** The raw value that becomes 1, for maps on one scale. Default: the map's own peak. */
  readonly peak?: number;
}

/**
 * The display map of image i for its k-th explained class: divided by the peak to [0, 1] ([-1, 1] if signed), resized bilinearly
 * with half-pixel centres, and placed where the network looked. A map of zeros stays zero.
 */
export function displayMapOf(explanation: Explanation, i: number, k: number, options: DisplayMapOptions): FloatMap {
  const { width, height, box, signed = false } = options;
  const raw = mapOf(explanation, i, k, { signed });
  const peak = options.peak ?? emphasizedPeak(raw, options);
  const map = normalizeMap(withoutWeak(raw, peak, options), { signed, peak });
  return box ? placeMap(map, box, width, height) : resizeMap(map, width, height);
}

/** Whether the map of image i for its k-th explained class can be read, and if not, why. */
export function diagnosisOf(explanation: Explanation, i: number, k = 0): MapDiagnosis {
  const { evidence, weights, scores, probabilities, classes, against } = explanation;
  const [, , height = 1, width = 1] = evidence.dims;
  const at = i * (scores.dims[1] as number) + (classes[i]?.[k] as number);
  const map = { width, height, values: row(evidence, i, k) };
  return diagnose(map, {
    weights: weights && row(weights, i, k),
    score: floats(scores)[at],
    probability: floats(probabilities)[at],
    against,
  });
}

/** The elements of image i and class k of a tensor [N, K, ...]. */
function row(tensor: Tensor, i: number, k: number): Float32Array {
  const [count = 1, classes = 1] = tensor.dims;
  const size = tensor.size / (count * classes);
  const start = (i * classes + k) * size;
  return floats(tensor).subarray(start, start + size);
}
