/** @file Where RoiAlign samples a picture along one axis. */

import type { Value } from "../../../onnx/graph.js";
import { float as floatAttribute, int as intAttribute, string as stringAttribute } from "../../../onnx/graph.js";
import { dataTypes } from "../../../onnx/tensor.js";
import type { Backward } from "../../rule.js";

/** The samples along an axis of R regions. Regions may have fewer than the largest number of samples per bin. */
export interface AxisSamples {
  /** In elements, from 0 to the last: [R, bins, samples]. */
  readonly position: Value;
  /** Whether a bin has the sample: [R, 1, samples], bool. */
  readonly isSample: Value;
  /** 1 where the sample is one of its bin's and lies on the picture, else 0: [R, bins, samples]. */
  readonly counted: Value;
  /** Number of samples in a bin, at least 1: [R, 1, 1]. */
  readonly count: Value;
  /** The axis' size, an int64 scalar. */
  readonly size: Value;
}

/**
 * Samples lie evenly in the bins of a region (He et al., ICCV 2017, section 3): as many as the node says, or one for each
 * element of a bin. Those more than one element beside the picture count as zero.
 */
export function samplesAlong({ op, node, inputs }: Backward, axis: "y" | "x"): AxisSamples {
  const [x, regions] = inputs;
  const bins = intAttribute(node, axis === "y" ? "output_height" : "output_width", 1);
  const isHalfPixel = stringAttribute(node, "coordinate_transformation_mode", "half_pixel") === "half_pixel";
  const scale = op.scalar(floatAttribute(node, "spatial_scale", 1));
  const at = axis === "y" ? 2 : 3;
  const size = op.Squeeze(op.Shape(x, { start: at, end: at + 1 }), op.ints([0]));
  const edge = (column: number) => {
    const scaled = op.Mul(op.Unsqueeze(op.Gather(regions, op.int(column), { axis: 1 }), op.ints([1, 2])), scale);
    return isHalfPixel ? op.Sub(scaled, op.scalar(0.5)) : scaled;
  };
  const [start, end] = [edge(axis === "y" ? 1 : 0), edge(axis === "y" ? 3 : 2)];
  const extent = isHalfPixel ? op.Sub(end, start) : op.Max(op.Sub(end, start), op.scalar(1));
  const bin = op.Div(extent, op.scalar(bins));
  const ratio = intAttribute(node, "sampling_ratio", 0);
  const wanted = ratio > 0 ? op.scalar(ratio) : op.Ceil(bin);
  const count = op.Max(wanted, op.scalar(1));
  const most = ratio > 0 ? op.scalar(ratio) : largest(op, count);
  const samples = op.Range(op.scalar(0), most, op.scalar(1));
  const binStart = op.Mul(bin, op.Unsqueeze(op.Range(op.scalar(0), op.scalar(bins), op.scalar(1)), op.ints([1])));
  const inBin = op.Div(op.Mul(op.Add(samples, op.scalar(0.5)), bin), count);
  const place = op.Add(op.Add(start, binStart), inBin);
  const length = op.Cast(size, { to: dataTypes.float32 });
  const isOnPicture = op.And(op.GreaterOrEqual(place, op.scalar(-1)), op.LessOrEqual(place, length));
  const isSample = op.Less(samples, wanted);
  return {
    position: op.Clip(place, op.scalar(0), op.Sub(length, op.scalar(1))),
    isSample: ratio > 0 ? op.Unsqueeze(isSample, op.ints([0, 1])) : isSample,
    counted: op.Cast(op.And(isOnPicture, isSample), { to: dataTypes.float32 }),
    count,
    size,
  };
}

/** The largest of some numbers, at least 1, as a scalar; without any 1. */
function largest(op: Backward["op"], numbers: Value): Value {
  const atLeastOne = op.Concat(op.Reshape(numbers, op.ints([-1])), op.Reshape(op.scalar(1), op.ints([1])), { axis: 0 });
  return op.ReduceMax(atLeastOne, op.ints([0]), { keepdims: 0 });
}
