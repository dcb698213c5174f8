/** @file A map under test, with the model that it explains, and the numbers that every test needs of both. */

import { type FloatMap, mapPeak, normalizeMap } from "../../image/map/heatmap.js";
import { type Box, resizeMap } from "../../image/picture/resize.js";
import { imageAxes } from "../../model/input/image-axes.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";

/** Of an image or a map, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Fills the places where an image is not kept: zeros of the model's input, or the image itself blurred beyond recognition. */
export type Replacement = "zero" | "blur";

/** The share of each place of an image that is kept, row by row: 1 all of it, 0 nothing. */
export type Keep = Float32Array;

export interface PerturbedModel {
  readonly model: Model;
  /** Probability of a class for each of n images. */
  probabilities(images: Tensor, target: number): Promise<Float32Array>;
  /** The class with the highest probability for one image. */
  predicted(image: Tensor): Promise<number>;
  /** Copies of one image, [1, ...] to [n, ...], of which each keeps its own part. */
  blended(image: Tensor, keeps: readonly Keep[], replacement: Replacement): Promise<Tensor>;
  /** The same, where pixels that are not kept (0 or 1 here) are imputed from their neighbours, and noise: see `imputeGraph`. */
  imputed(image: Tensor, keeps: readonly Keep[], seed: number | string): Promise<Tensor>;
  /** n copies with uniform noise: no pixel moves by more than `radius`, where 0 is black and 1 white. */
  jittered(image: Tensor, count: number, radius: number, seed: number | string): Tensor;
  close(): Promise<void>;
}

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

/** Rows and columns of the input. */
export function sizeOfInput({ network, image }: Pick<Trial, "network" | "image">): Size {
  return sizeOfImages(image, imageAxes(network.model)?.layout === "nhwc");
}

/** Rows and columns of images [N, C, H, W], or [N, H, W, C]. @param last channels are the last axis */
export function sizeOfImages({ dims }: Tensor, last: boolean): Size {
  const [height = 1, width = 1] = dims.slice(last ? 1 : 2);
  return { width, height };
}

/** Computes once the numbers that several metrics need of a trial. */
export function oncePerTrial<Result>(compute: (trial: Trial) => Result): (trial: Trial) => Result {
  const results = new WeakMap<Trial, { readonly result: Result }>();
  return (trial) => {
    const entry = results.get(trial) ?? { result: compute(trial) };
    results.set(trial, entry);
    return entry.result;
  };
}

/** The map at the input's size, bilinearly. */
export const fullMap = oncePerTrial((trial: Trial): FloatMap => {
  const { width, height } = sizeOfInput(trial);
  mapPeak(trial.map);
  return resizeMap(trial.map, width, height);
});

/** The map at the input's size, from 0 to 1: divided by its peak, values below zero left out. A map of zeros stays one. */
export const shownMap = oncePerTrial((trial: Trial): FloatMap => normalizeMap(fullMap(trial)));
