/** @file Single maps out of an explanation of many images and classes. */

import { badInput, checkOptions, isObject } from "../foundation/check.js";
import { type EmphasisOptions, emphasizedPeak, withoutWeak } from "../image/map/emphasis.js";
import { type GridMap, stackedRows } from "../image/map/grid-map.js";
import { type FloatMap, normalizeMap } from "../image/map/heatmap.js";
import { type Box, placeMap, resizeMap } from "../image/picture/resize.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import { diagnose, type MapDiagnosis } from "./diagnose/diagnose.js";
import { createExplanation, type Explanation, gridMapIn, rowOfClass } from "./explanation.js";

export interface MapOptions {
  /** Also the evidence against the class, as values below zero. Default false. */
  readonly signed?: boolean;
}

/**
 * The raw map of image i for its k-th explained class, at the layer's resolution, ≥ 0 unless signed; that of a signal is one row.
 * @throws FoveaError `bad-input` for a map of more axes than two (see `gridMapOf`)
 */
export function mapOf(explanation: Explanation, i: number, k = 0, { signed = false }: MapOptions = {}): FloatMap {
  const image = imageOf(explanation, i);
  return signed ? image.evidence(k) : image.map(k);
}

/**
 * As `mapOf`, of any number of axes: the map of a signal has samples, that of a picture rows and columns, that of a volume or clip
 * slices (frames), rows and columns.
 */
export function gridMapOf(explanation: Explanation, i: number, k = 0, { signed = false }: MapOptions = {}): GridMap {
  imageOf(explanation, i);
  return gridMapIn(signed ? explanation.evidence : explanation.maps, i, k);
}

function imageOf(explanation: Explanation, i: number) {
  if (!isObject(explanation) || !("at" in explanation)) throw badInput("explanation", "one", explanation);
  return explanation.at(i);
}

/** An explanation with other maps; values of single channels are dropped with the old ones. */
export function withEvidence(explanation: Explanation, evidence: Tensor): Explanation {
  const maps = float32(
    evidence.dims,
    floats(evidence).map((value) => Math.max(0, value)),
  );
  return createExplanation({
    ...explanation,
    evidence,
    maps,
    exact: undefined,
    weights: undefined,
    attribution: undefined,
    magnitude: undefined,
    completeness: undefined,
  });
}

/** Where and how a display map is laid. */
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
  checkOptions("displayMapOf", options);
  const { width, height, box, signed = false } = options;
  const raw = mapOf(explanation, i, k, { signed });
  const peak = options.peak ?? emphasizedPeak(raw, options);
  const map = normalizeMap(withoutWeak(raw, peak, options), { signed, peak });
  return box ? placeMap(map, box, width, height) : resizeMap(map, width, height);
}

/** Whether the map of image i for its k-th explained class can be read, and if not, why. */
export function diagnosisOf(explanation: Explanation, i: number, k = 0): MapDiagnosis {
  const explained = imageOf(explanation, i).classes[k];
  const { evidence, weights, magnitude, against } = explanation;
  const map = gridMapIn(evidence, i, k);
  return diagnose(stackedRows(map), {
    sizes: map.sizes,
    weights: weights && rowOfClass(weights, i, k),
    magnitude: magnitude && rowOfClass(magnitude, i, k)[0],
    agreement: imageOf(explanation, i).agreement(k),
    score: explained?.score,
    probability: explained?.probability,
    against,
  });
}
