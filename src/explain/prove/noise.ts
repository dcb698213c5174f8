/** @file Noise as a model's input. */

import { FoveaError, shortened } from "../../foundation/error.js";
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

/** Numbers of an input; photos have a hundredth of them. */
const mostNumbers = 2 ** 28;

/**
 * Noise over all pixel values, normalised as pictures are; standard normal where the input is no picture.
 * @throws FoveaError `bad-graph` for an input of more numbers than any
 */
export function noiseImages(model: Model, { seed, batch: wanted = 2 }: NoiseOptions): Tensor {
  const source = random(seed).fork("noise");
  const dims = model.input.dims ?? [];
  const [files] = model.fileInput.dims?.length === dims.length ? (model.fileInput.dims ?? []) : dims;
  const batch = model.oneByOne ? 1 : typeof files === "number" ? files : wanted;
  if (photoAxes(model) === undefined) {
    const sizes = [batch, ...dims.slice(1).map((dim) => (typeof dim === "number" ? dim : 32))];
    if (!(sizeOf(sizes) <= mostNumbers)) {
      const got = shortened(`[${sizes.join(", ")}]`);
      throw new FoveaError("bad-graph", `input: expected at most ${mostNumbers} numbers, got ${got}`);
    }
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
