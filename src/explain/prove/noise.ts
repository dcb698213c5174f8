/** @file Noise as a model's input. */

import { random } from "../../foundation/random.js";
import { photoAxes } from "../../model/input/image-axes.js";
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
  const [files] = model.fileInput.dims?.length === dims.length ? (model.fileInput.dims ?? []) : dims;
  const batch = model.oneByOne ? 1 : typeof files === "number" ? files : wanted;
  if (photoAxes(model) === undefined) {
    const sizes = [batch, ...dims.slice(1).map((dim) => (typeof dim === "number" ? dim : 32))];
    return float32(
      sizes,
      Float32Array.from({ length: sizeOf(sizes) }, () => source.normal()),
    );
  }
  const { channels, width, height, scale, mean, std, layout, whole } = preprocessingOf(model).preprocessing;
  const last = layout === "nhwc";
  const sizes = last ? [batch, height, width, channels] : [batch, channels, height, width];
  const values = Float32Array.from({ length: sizeOf(sizes) }, (_, i) => {
    const c = last ? i % channels : Math.floor(i / (height * width)) % channels;
    const value = (255 * source.uniform() * scale - (mean[c] as number)) / (std[c] as number);
    return whole ? Math.round(value) : value;
  });
  return float32(sizes, values);
}
