/** @file The superpixels of an input: of a picture by its colours, else by its values. */

import { pictureOfInput } from "../../../image/input/input.js";
import type { Superpixels } from "../../../image/superpixels/connect.js";
import { labOf } from "../../../image/superpixels/lab.js";
import { slic } from "../../../image/superpixels/slic.js";
import { photoAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";

/** One input, as the network takes it and as planes [1, C, ...] of the same places. */
export interface SegmentedInput {
  readonly image: Tensor;
  readonly planes: Tensor;
  readonly sizes: readonly number[];
}

/** @param count about how many */
export function segmentsOf(model: Model, { image, planes, sizes }: SegmentedInput, count: number): Superpixels {
  const isPhoto = photoAxes(model) !== undefined;
  const colours = isPhoto ? labOf(pictureOfInput(image, preprocessingOf(model).preprocessing)) : stretched(planes);
  return slic(colours, sizes, { count });
}

/** The values of each place one behind the other, from 0 to 100, which is the range of a lightness. */
function stretched(planes: Tensor): Float32Array {
  const values = floats(planes);
  const channels = planes.dims[1] ?? 1;
  const area = values.length / channels;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const factor = most > least ? 100 / (most - least) : 0;
  return values.map((_, i) => factor * ((values[(i % channels) * area + Math.floor(i / channels)] ?? 0) - least));
}
