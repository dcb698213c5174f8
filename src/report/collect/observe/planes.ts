/** @file A model's input as planes, one for each channel, whichever way it lies. */

import type { FloatMap } from "../../../image/map/heatmap.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";

/** The input of one image with each channel's plane replaced by `change`. */
export function withPlanes(model: Model, input: Tensor, change: (plane: FloatMap) => ArrayLike<number>): Tensor {
  const { width, height, channels, layout } = preprocessingOf(model).preprocessing;
  const area = width * height;
  const [first, step] = layout === "nhwc" ? [1, channels] : [area, 1];
  const values = floats(input);
  const changed = new Float32Array(values.length);
  const plane = new Float32Array(area);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) plane[i] = values[c * first + i * step] as number;
    const result = change({ width, height, values: plane });
    for (let i = 0; i < area; i++) changed[c * first + i * step] = result[i] as number;
  }
  return float32(input.dims, changed);
}
