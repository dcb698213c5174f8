/** @file The least and the largest value that a pixel may have at the network's input. */

import { photoAxes } from "../../../model/input/image-axes.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { float32 } from "../../../onnx/tensor.js";
import type { CamInputs } from "../../method.js";

/** Black and white after the model's preprocessing; of an input that is no photo the extremes of each image. */
export function pixelBounds({ model }: CamInputs): (op: Builder, x: Value) => { low: Value; high: Value } {
  if (photoAxes(model) === undefined) return extremes;
  const { mean, std, scale, channels, layout = "nchw" } = preprocessingOf(model).preprocessing;
  const bound = (op: Builder, pixel: number) => {
    const values = mean.map((average, i) => (pixel * scale - average) / (std[i] ?? 1));
    return op.constant(float32(layout === "nhwc" ? [1, 1, 1, channels] : [1, channels, 1, 1], values), "bound");
  };
  return (op) => ({ low: bound(op, 0), high: bound(op, 255) });
}

function extremes(op: Builder, x: Value): { low: Value; high: Value } {
  const byImage = op.Flatten(x, { axis: 1 });
  return { low: op.ReduceMin(byImage), high: op.ReduceMax(byImage) };
}
