/** @file Masks and maps that are made of a layer's channels. */

import type { Attributes, Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { CamOutputs, CombineInputs, MaskInputs } from "../../method.js";
import { weightedSum } from "./weighted-sum.js";

/** Keeps the division of nothing by nothing from being NaN. */
export const tiny = 1e-30;

/** How channels are brought to the image's size: linearly along each axis, with half-pixel centres. */
export const upsampling: Attributes = { mode: "linear" };

/**
 * Of each pass's channel the upsampled activation, moved and scaled to reach from 0 to 1; zero where it is the same
 * everywhere. [b, 1, ...places]
 */
export function channelMask(op: Builder, inputs: MaskInputs, resize: Attributes = upsampling): Value {
  const { activation, axes, planned, resized } = inputs;
  const selection = op.Gather(activation, planned("channel", "int64", ["b"]), { axis: 1 });
  const planes = resized(op.Transpose(selection, { perm: [1, 0, 2, 3] }), resize);
  const places = op.ints(Array.from({ length: axes }, (_, i) => i + 2));
  const [least, most] = [op.ReduceMin(planes, places, { keepdims: 1 }), op.ReduceMax(planes, places, { keepdims: 1 })];
  return op.Div(op.Sub(planes, least), op.Max(op.Sub(most, least), op.scalar(tiny)));
}

/** The sum of the chosen channels by their weights, [K, c]; the others have none. */
export function weightedChannels(op: Builder, { activation, channels }: CombineInputs, selection: Value): CamOutputs {
  const count = op.Shape(activation, { start: 1, end: 2 });
  const classes = op.Shape(selection, { start: 0, end: 1 });
  const none = op.Expand(op.scalar(0), op.Concat(classes, count, { axis: 0 }));
  const weights = op.ScatterElements(none, op.Expand(channels, op.Shape(selection)), selection, { axis: 1 });
  return weightedSum(op, weights, activation);
}

/** Of each channel the mean over its samples, where passes go through them channel by channel: [K, c]. */
export function meanOfSamples(op: Builder, { values, samples }: CombineInputs): Value {
  return op.ReduceMean(op.Reshape(values, op.ints([0, -1, samples])), op.ints([2]), { keepdims: 0 });
}
