/** @file What a measure of trust is: a number for a map of one class on one image. */

import { type FloatMap, mapPeak, normalizeMap } from "../../image/map/heatmap.js";
import { type Box, resizeMap } from "../../image/picture/resize.js";
import { imageDims } from "../../model/preprocessing.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { PerturbedModel } from "../trial/perturbed-model.js";

/** A map under test. */
export interface Trial {
  /** The model that the map explains. */
  readonly network: PerturbedModel;
  /** Its input, one image: float32 [1, C, H, W], or [1, H, W, C]. */
  readonly image: Tensor;
  /** The class that is explained. */
  readonly target: number;
  /** As the method gave it, of any size; it is resized to the image's where pixels are asked for. */
  readonly map: FloatMap;
  /** Where the evidence really is, in pixels of the input; undefined where nobody knows. */
  readonly boxes?: readonly Box[] | undefined;
  /** The same method's maps of the same class for other images [n, ...]. */
  readonly explain: (images: Tensor) => Promise<readonly FloatMap[]>;
  /** Of everything that is drawn. */
  readonly seed: number | string;
}

/**
 * What is asked of a map: whether the network follows it, whether it lies where the object is (which needs boxes), whether it
 * is steady, how it is spread. Only of the first two is it good to beat maps that know nothing.
 */
export type MetricKind = "faithfulness" | "localisation" | "robustness" | "spread";

export interface Metric {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  readonly kind: MetricKind;
  /** Which values speak for the map. */
  readonly better: "higher" | "lower";
  /** What maps that know nothing get, in a few words. */
  readonly baseline: string;
  /** Inferences and explanations for one map, in a few words. */
  readonly passes: string;
  /** What it is known to get wrong, in one sentence. */
  readonly weakness: string;
  /** Undefined where there is nothing to measure, as the spread of a map that is zero everywhere. */
  readonly measure: (trial: Trial) => Promise<number | undefined>;
}

/** Rows and columns of the input. */
export function sizeOfInput({ network, image }: Pick<Trial, "network" | "image">): { width: number; height: number } {
  const last = imageDims(network.model.input.dims ?? [])?.layout === "nhwc";
  const [height, width] = image.dims.slice(last ? 1 : 2) as [number, number];
  return { width, height };
}

/** Computes once what several metrics ask of the same trial. */
export function oncePerTrial<Result>(compute: (trial: Trial) => Result): (trial: Trial) => Result {
  const known = new WeakMap<Trial, { readonly result: Result }>();
  return (trial) => {
    const found = known.get(trial) ?? { result: compute(trial) };
    known.set(trial, found);
    return found.result;
  };
}

/** The map at the input's size, bilinearly. */
export const fullMap = oncePerTrial((trial: Trial): FloatMap => {
  const { width, height } = sizeOfInput(trial);
  mapPeak(trial.map);
  return resizeMap(trial.map, width, height);
});

/** The map at the input's size, from 0 to 1: divided by its peak, what is below zero left out. A map of zeros stays one. */
export const shownMap = oncePerTrial((trial: Trial): FloatMap => normalizeMap(fullMap(trial)));
