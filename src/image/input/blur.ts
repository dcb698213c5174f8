/** @file An image blurred until nothing can be recognised, as a graph. */

import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Standard deviation of the blur in pixels, on images of up to 224 of them (Petsiuk et al. 2018); in proportion on larger ones. */
const deviation = 5;
const usualSide = 224;

/** `image`, one image, to `result`: a Gaussian blur, the edge repeated beyond itself. @param last channels are the last axis */
export function blurGraph({ height, width }: Size, last: boolean): Graph {
  const op = new Builder(emptyGraph("blur"));
  const planes = appendPlanes(
    op,
    op.input("image", "float32", last ? [1, height, width, ""] : [1, "", height, width]),
    last,
  );
  const weights = gaussian(deviation * Math.max(1, Math.max(height, width) / usualSide));
  const reach = (weights.length - 1) / 2;
  const padded = op.Pad(planes, op.ints([0, 0, reach, reach, 0, 0, reach, reach]), undefined, undefined, {
    mode: "edge",
  });
  const along = (dims: readonly number[]) => op.constant(float32(dims, weights), "gaussian");
  const across = op.Conv(padded, along([1, 1, 1, weights.length]));
  op.output(appendUnplaned(op, op.Conv(across, along([1, 1, weights.length, 1])), last), "result");
  return op.graph;
}

/** One image to its channels as [C, 1, H, W]. */
function appendPlanes(op: Builder, image: Value, last: boolean): Value {
  return op.Transpose(image, { perm: last ? [3, 0, 1, 2] : [1, 0, 2, 3] });
}

/** And back. */
function appendUnplaned(op: Builder, planes: Value, last: boolean): Value {
  return op.Transpose(planes, { perm: last ? [1, 2, 3, 0] : [1, 0, 2, 3] });
}

/** Cut off at three deviations; sums to 1. */
function gaussian(sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  const raw = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}
