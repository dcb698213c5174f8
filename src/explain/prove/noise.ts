/** @file Noise as a model's input. */

import { random } from "../../foundation/random.js";
import { photoAxes } from "../../model/image-axes.js";
import type { Model } from "../../model/model.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { float32, sizeOf, type Tensor } from "../../onnx/tensor.js";

export interface NoiseOptions {
  readonly seed: number;
  /** How many images. Default 2, or as many as the model wants. */
  readonly batch?: number;
}

/** Noise over all pixel values, normalised as pictures are; standard normal where the input is no picture. */
export function noiseImages(model: Model, { seed, batch: wanted = 2 }: NoiseOptions): Tensor {
  const source = random(seed).fork("noise");
  const dims = model.input.dims ?? [];
  const batch = model.oneByOne ? 1 : typeof dims[0] === "number" ? dims[0] : wanted;
  if (photoAxes(model) === undefined) {
    const sizes = [batch, ...dims.slice(1).map((dim) => (typeof dim === "number" ? dim : 32))];
    return float32(
      sizes,
      Float32Array.from({ length: sizeOf(sizes) }, () => source.normal()),
    );
  }
  const { channels, width, height, scale, mean, std, layout } = preprocessingOf(model).preprocessing;
  const last = layout === "nhwc";
  const sizes = last ? [batch, height, width, channels] : [batch, channels, height, width];
  const values = Float32Array.from({ length: sizeOf(sizes) }, (_, i) => {
    const c = last ? i % channels : Math.floor(i / (height * width)) % channels;
    return (255 * source.uniform() * scale - (mean[c] as number)) / (std[c] as number);
  });
  return float32(sizes, values);
}
