/** @file Rules of convolutions. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import {
  type Dim,
  int as intAttribute,
  ints as intsAttribute,
  staticDims,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import type { Backward, Rule, RuleTable } from "../rule.js";
import { reachOf, refuseOtherLengths, type SpatialWindow, spatialWindow } from "../window.js";
import { stridedDepthwiseGradient } from "./depthwise.js";

const conv: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients } = backward;
    const [x = "", w = "", bias] = inputs;
    const [g = ""] = gradients;
    const window = spatialWindow(backward, kernelOf(backward, w));
    const group = intAttribute(node, "group", 1);
    return [
      inputGradient(backward, window, group),
      op.Reshape(correlation(op, x, g, window, group), op.Shape(w)),
      bias && channelSum(op, g, window),
    ];
  },
};

/** x ⋆ᵀ w: the adjoint of a convolution, so its gradient with respect to x is that convolution. */
const convTranspose: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, dims } = backward;
    const [x = "", w = "", bias] = inputs;
    const [g = ""] = gradients;
    const group = intAttribute(node, "group", 1);
    const window = transposedWindow(backward, kernelOf(backward, w), dims(x), dims(node.outputs[0]));
    const { strides, dilations, begin, end } = window;
    return [
      op.Conv(g, w, { strides, dilations, pads: [...begin, ...end], group }),
      op.Reshape(correlation(op, g, x, window, group), op.Shape(w)),
      bias && channelSum(op, g, window),
    ];
  },
};

function kernelOf({ node, dims }: Backward, w: Value): readonly number[] {
  const kernel = intsAttribute(node, "kernel_shape") ?? staticDims(dims(w)?.slice(2));
  if (kernel) return kernel;
  throw new FoveaError("bad-graph", `node "${node.name}" (${node.op}): expected a known kernel size, got none`);
}

/**
 * A stride-1 convolution's gradient is the convolution with flipped, transposed weights (faster than ConvTranspose);
 * otherwise it is the transposed convolution.
 */
function inputGradient(backward: Backward, window: SpatialWindow, group: number): Value {
  const {
    op,
    dims,
    node,
    inputs: [x = "", w = ""],
    gradients: [g = ""],
  } = backward;
  const { kernel, strides, dilations, begin, end } = window;
  const reach = reachOf(window);
  const pads = [begin, end].flatMap((side) => side.map((pad, i) => at(reach, i) - pad));
  const inputs = dims(w)?.[1];
  const groups = typeof inputs === "number" ? { group, inputs } : group === 1 ? { group, inputs: 0 } : undefined;
  if (groups && strides.every((s) => s === 1) && pads.every((p) => p >= 0)) {
    return op.Conv(g, flipAndTranspose(op, w, kernel, groups), { pads, dilations, group });
  }
  const size = staticDims(dims(x)?.slice(2));
  const outputs = staticDims(dims(node.outputs[0])?.slice(2));
  const common = { strides, dilations, group };
  if (size && outputs) {
    const depthwise = groups && inputs === 1 && group > 1 && dims(w)?.[0] === group;
    const turned = depthwise ? flipAndTranspose(op, w, kernel, groups) : "";
    const sizes = { turned, channels: group, input: size, output: outputs };
    const strided = depthwise ? stridedDepthwiseGradient(op, g, window, sizes) : undefined;
    if (strided) return strided;
    const rest = size.map((n, i) => {
      const covered = (at(outputs, i) - 1) * at(strides, i) + at(reach, i) + 1;
      return n + at(begin, i) + at(end, i) - covered;
    });
    if (rest.every((r, i) => r >= 0 && (r < at(strides, i) || r === 0))) {
      return op.ConvTranspose(g, w, { ...common, pads: [...begin, ...end], output_padding: rest });
    }
  }
  const whole = op.ConvTranspose(g, w, common);
  const difference = op.Sub(op.Shape(x, { start: 2 }), op.Shape(whole, { start: 2 }));
  const front = [0, 0, ...begin.map((p) => -p), 0, 0];
  return op.Pad(whole, op.Concat(op.ints(front), op.Add(difference, op.ints(begin)), { axis: 0 }));
}

/** [O, I/g, k...] to [I, O/g, k...] with each kernel turned by 180 degrees. @param inputs I/g; of a single group it does not count */
function flipAndTranspose(
  op: Builder,
  w: Value,
  kernel: readonly number[],
  { group, inputs }: { group: number; inputs: number },
): Value {
  const axes = kernel.map((_, i) => i + 2);
  const all = (value: number) => op.ints(kernel.map(() => value));
  const flips = kernel.some((k) => k > 1);
  const flipped = flips ? op.Slice(w, all(-1), all(-(2 ** 31)), op.ints(axes), all(-1)) : w;
  if (group === 1) return op.Transpose(flipped, { perm: [1, 0, ...axes] });
  const grouped = op.Reshape(flipped, op.ints([group, -1, inputs, ...kernel]));
  const swapped = op.Transpose(grouped, { perm: [0, 2, 1, ...axes.map((axis) => axis + 1)] });
  return op.Reshape(swapped, op.ints([group * inputs, -1, ...kernel]));
}

/**
 * Gradient of the weights: Σₙ unfold(x)ₙ · gₙᵀ, one matrix product per image and group. Much faster than the textbook
 * form as a convolution of x with g, whose "kernel" is as large as the image.
 * @returns [g, O/g, I/g · Πk], to be reshaped to the weights
 */
function correlation(op: Builder, x: Value, g: Value, window: SpatialWindow, group: number): Value {
  const positionCount = op.ReduceProd(op.Shape(g, { start: 2 }), op.ints([0]));
  const byGroup = op.Concat(op.ints([0, group, -1]), positionCount, { axis: 0 });
  const columns = op.Reshape(unfold(op, x, g, window), byGroup);
  const rows = op.Transpose(op.Reshape(g, byGroup), { perm: [0, 1, 3, 2] });
  const products = op.MatMul(columns, rows);
  return op.Transpose(op.ReduceSum(products, op.ints([0]), { keepdims: 0 }), { perm: [0, 2, 1] });
}

/** im2col: for each kernel position the part of x that it meets; [N, I · Πk, outputs...], kernel positions innermost. */
function unfold(op: Builder, x: Value, g: Value, window: SpatialWindow): Value {
  const { kernel, strides, dilations, begin, end } = window;
  const padded = [...begin, ...end].some((p) => p !== 0) ? op.Pad(x, op.ints([0, 0, ...begin, 0, 0, ...end])) : x;
  const outputs = op.Shape(g, { start: 2 });
  const covered = op.Add(op.Mul(op.Sub(outputs, op.ints([1])), op.ints(strides)), op.ints([1]));
  const axes = op.ints(kernel.map((_, i) => i + 2));
  const parts = positions(kernel).map((position) => {
    const start = op.ints(position.map((p, i) => p * at(dilations, i)));
    const part = op.Slice(padded, start, op.Add(covered, start), axes, op.ints(strides));
    return op.Unsqueeze(part, op.ints([2]));
  });
  const stacked = parts.length === 1 ? parts[0] : op.Concat(...parts, { axis: 2 });
  return op.Reshape(stacked, op.Concat(op.ints([0, -1]), outputs, { axis: 0 }));
}

/** All positions of a kernel, last axis fastest. */
function positions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, k) => all.flatMap((p) => Array.from({ length: k }, (_, i) => [...p, i])),
    [[]],
  );
}

function channelSum(op: Builder, g: Value, { kernel }: SpatialWindow): Value {
  return op.ReduceSum(g, op.ints([0, ...kernel.map((_, i) => i + 2)]), { keepdims: 0 });
}

/** Paddings of a transposed convolution as its output size tells them. */
function transposedWindow(
  { node }: Backward,
  kernel: readonly number[],
  input: readonly Dim[] | undefined,
  output: readonly Dim[] | undefined,
): SpatialWindow {
  const rank = kernel.length;
  const strides = intsAttribute(node, "strides") ?? Array(rank).fill(1);
  const dilations = intsAttribute(node, "dilations") ?? Array(rank).fill(1);
  const pads = intsAttribute(node, "pads");
  refuseOtherLengths(node, rank, { strides, dilations });
  refuseOtherLengths(node, 2 * rank, { pads });
  const autoPad = stringAttribute(node, "auto_pad", "NOTSET");
  const fixed = autoPad === "NOTSET" || autoPad === "VALID";
  if (fixed && node.attributes.output_shape === undefined) {
    return {
      kernel,
      strides,
      dilations,
      begin: pads?.slice(0, rank) ?? Array(rank).fill(0),
      end: pads?.slice(rank) ?? Array(rank).fill(0),
    };
  }
  const [sizes, results] = [staticDims(input?.slice(2)), staticDims(output?.slice(2))];
  if (!sizes || !results) {
    throw new FoveaError("bad-graph", `node "${node.name}" (ConvTranspose): automatic padding: expected known sizes`);
  }
  const outputPadding = intsAttribute(node, "output_padding") ?? Array(rank).fill(0);
  const totals = kernel.map((k, i) => {
    const whole = (at(sizes, i) - 1) * strides[i] + (k - 1) * dilations[i] + 1 + outputPadding[i];
    return Math.max(0, whole - at(results, i));
  });
  const upper = autoPad === "SAME_UPPER";
  const begin = totals.map((total) => (upper ? Math.floor(total / 2) : Math.ceil(total / 2)));
  return { kernel, strides, dilations, begin, end: totals.map((total, i) => total - at(begin, i)) };
}

export const convolution: RuleTable = { Conv: conv, ConvTranspose: convTranspose };
