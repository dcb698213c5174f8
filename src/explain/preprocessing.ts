/** @file The preprocessing of a model: what its metadata says, else the usual recipe for its input. */

import { FoveaError } from "../error.js";
import type { Preprocessing } from "../onnx/index.js";
import type { Model } from "./model.js";

export interface ChosenPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/** Size of the crop of the usual ImageNet recipe, where the model leaves its input size open. */
const imageNetSize = 224;

/**
 * @throws FoveaError `bad-graph` when the input is no image of 1 or 3 channels
 */
export function preprocessingOf(model: Model): ChosenPreprocessing {
  const { input, card } = model;
  if (card.preprocessing) return { preprocessing: card.preprocessing, origin: "stored with the model" };
  const [, channels, height, width] = input.dims ?? [];
  if (input.dims?.length !== 4 || (channels !== 1 && channels !== 3)) {
    throw new FoveaError(
      "bad-graph",
      `input "${input.name}": expected images [N, 1 or 3, H, W], got [${input.dims?.join(", ") ?? "?"}]`,
    );
  }
  const size = { width: sizeOr(width, imageNetSize), height: sizeOr(height, imageNetSize), scale: 1 / 255 };
  if (channels === 1)
    return { preprocessing: { ...size, channels, mean: [0], std: [1] }, origin: "assumed: grey values from 0 to 1" };
  const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  return {
    preprocessing: { ...size, channels, ...imageNet },
    origin: "assumed: RGB with ImageNet's mean and deviation",
  };
}

function sizeOr(size: number | string | undefined, fallback: number): number {
  return typeof size === "number" ? size : fallback;
}
