/** @file Rules of pooling. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import {
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { Backward, Rule, RuleTable } from "../rule.js";
import { reachOf, type SpatialWindow, spatialWindow } from "../window.js";
import { divideByCount } from "./reduction.js";

/**
 * The gradient goes to the first maximum of each window, as in PyTorch. MaxUnpool puts it there fast but overwrites
 * where windows overlap; there it has to be added up. `Indices` are flat over the whole tensor.
 */
const maxPool: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, output } = backward;
    const [[x = ""], [g = ""]] = [inputs, gradients];
    if (intAttribute(node, "storage_order", 0) !== 0) {
      throw new FoveaError("bad-graph", `node "${node.name}" (MaxPool): expected storage_order 0, got 1`);
    }
    if (isTiling(node)) {
      const [kernel, strides] = [intsAttribute(node, "kernel_shape"), intsAttribute(node, "strides")];
      return [op.MaxUnpool(g, output(1), op.Shape(x), { kernel_shape: kernel, strides })];
    }
    const flat = (value: Value) => op.Reshape(value, op.ints([-1]));
    const zeros = op.Expand(op.scalar(0), op.Reshape(op.Size(x), op.ints([1])));
    const scattered = op.ScatterElements(zeros, flat(output(1)), flat(g), { axis: 0, reduction: "add" });
    return [op.Reshape(scattered, op.Shape(x))];
  },
};

/** Whether windows neither overlap nor reach over the input's edge. */
function isTiling(node: GraphNode): boolean {
  const kernel = intsAttribute(node, "kernel_shape") ?? [];
  const plain = (name: string, value: number) => intsAttribute(node, name)?.every((n) => n === value) ?? true;
  const within = kernel.every((k, i) => k <= (intsAttribute(node, "strides")?.[i] ?? 1));
  const inside = plain("pads", 0) && ["NOTSET", "VALID"].includes(stringAttribute(node, "auto_pad", "NOTSET"));
  return within && inside && plain("dilations", 1) && intAttribute(node, "ceil_mode", 0) === 0;
}

/** Each output's gradient, divided by the number of positions it averaged over, goes to all positions of its window. */
const averagePool: Rule = {
  gradients: (backward) => {
    const { op, inputs, gradients } = backward;
    const [[x = ""], [g = ""]] = [inputs, gradients];
    const window = spatialWindow(backward, intsAttribute(backward.node, "kernel_shape") ?? []);
    const { kernel, strides } = window;
    if (isTiling(backward.node) && kernel.every((k, i) => k === strides[i])) {
      return [repeatOver(op, op.Div(g, op.scalar(kernel.reduce((a, b) => a * b, 1))), kernel, x)];
    }

    return [spreadOverWindows(backward, op.Div(g, windowCounts(backward, window)), window)];
  },
};

/** Adds each output's share to all positions of its window. */
function spreadOverWindows({ op, inputs: [x = ""] }: Backward, share: Value, window: SpatialWindow): Value {
  const { kernel, strides, dilations, begin } = window;
  const single = op.Reshape(share, op.Concat(op.ints([-1, 1]), op.Shape(share, { start: 2 }), { axis: 0 }));
  const spreadOut = op.ConvTranspose(single, onesOf(op, kernel), { strides, dilations });
  return op.Reshape(crop(op, spreadOut, begin, x), op.Shape(x));
}

/** A kernel of ones with one channel. */
function onesOf(op: Builder, kernel: readonly number[]): Value {
  const size = kernel.reduce((a, b) => a * b, 1);
  return op.constant(float32([1, 1, ...kernel], new Float32Array(size).fill(1)), "ones");
}

/** Repeats every element over its kernel: [N, C, h, w] to x's shape. */
function repeatOver(op: Builder, g: Value, kernel: readonly number[], x: Value): Value {
  const repeated = kernel.reduceRight((value, k, i) => {
    if (k === 1) return value;
    const split = op.Unsqueeze(value, op.ints([i + 3]));
    const ones = Array.from({ length: 3 + kernel.length }, (_, axis) => (axis === i + 3 ? k : 1));
    const expanded = op.Expand(split, op.ints(ones));
    const shape = op.Shape(value);
    const head = op.Slice(shape, op.ints([0]), op.ints([i + 2]));
    const size = op.Mul(op.Slice(shape, op.ints([i + 2]), op.ints([i + 3])), op.ints([k]));
    const tail = op.Slice(shape, op.ints([i + 3]), op.ints([9]));
    return op.Reshape(expanded, op.Concat(head, size, tail, { axis: 0 }));
  }, g);
  // Rows and columns that no window reached get nothing.
  return crop(
    op,
    repeated,
    kernel.map(() => 0),
    x,
  );
}

/** Cuts `begin` off each spatial axis, then cuts or pads with zeros at the end to x's spatial size. */
function crop(op: Builder, value: Value, begin: readonly number[], x: Value): Value {
  const front = begin.map((size) => -size);
  const difference = op.Sub(op.Shape(x, { start: 2 }), op.Shape(value, { start: 2 }));
  const back = op.Add(difference, op.ints(begin));
  return op.Pad(value, op.Concat(op.ints([0, 0, ...front, 0, 0]), back, { axis: 0 }));
}

/** How many positions each window averaged over: all of it, or only those that are not padding. */
function windowCounts({ op, node, inputs, gradients }: Backward, window: SpatialWindow): Value {
  const { kernel, strides, begin, end, dilations } = window;
  const included = intAttribute(node, "count_include_pad", 0) === 1;
  const size = op.Concat(op.ints([1, 1]), op.Shape(inputs[0], { start: 2 }), { axis: 0 });
  const pads = op.ints([0, 0, ...begin, 0, 0, ...end]);
  const padded = op.Pad(op.Expand(op.scalar(1), size), pads, op.scalar(included ? 1 : 0));
  // With ceil_mode the last window may hang over the padding: nothing there counts.
  const reach = reachOf(window).map((size) => size + 1);
  const outputs = op.Shape(gradients[0], { start: 2 });
  const extent = op.Add(op.Mul(op.Sub(outputs, op.ints([1])), op.ints(strides)), op.ints(reach));
  const overhang = op.Max(op.Sub(extent, op.Shape(padded, { start: 2 })), op.ints([0]));
  const whole = op.Pad(padded, op.Concat(op.ints([0, 0, ...kernel.map(() => 0), 0, 0]), overhang, { axis: 0 }));
  return op.Conv(whole, onesOf(op, kernel), { strides, dilations });
}

/** The mean over all positions. */
const globalAveragePool: Rule = {
  gradients: (backward) => {
    const { op, inputs, gradients } = backward;
    const [g = ""] = gradients;
    return [op.Expand(divideByCount(backward, g), op.Shape(inputs[0]))];
  },
};

/** The gradient goes to the first maximum of each channel, as in PyTorch. */
const globalMaxPool: Rule = {
  gradients: ({ op, inputs: [x], gradients: [g] }) => {
    const byChannel = op.ints([0, 0, -1]);
    const flatX = op.Reshape(x, byChannel);
    const first = op.ArgMax(flatX, { axis: 2 });
    const count = op.Squeeze(op.Shape(flatX, { start: 2 }), op.ints([0]));
    const hit = op.Equal(op.Range(op.int(0), count, op.int(1)), first);
    return [op.Reshape(op.Where(hit, op.Reshape(g, byChannel), op.scalar(0)), op.Shape(x))];
  },
};

/** y = (Σ|x|ᵖ)^(1/p): the gradient is sign(x) · |x|ᵖ⁻¹ · g / yᵖ⁻¹, and 0 where y is 0. */
const lpPool = (share: (backward: Backward, value: Value) => Value): Rule => ({
  gradients: (backward) => {
    const { op, node, inputs, gradients, output } = backward;
    const [[x = ""], [g = ""]] = [inputs, gradients];
    const exponent = op.scalar(intAttribute(node, "p", 2) - 1);
    const y = output(0);
    const scaled = op.Where(op.Greater(y, op.scalar(0)), op.Div(g, op.Pow(y, exponent)), op.scalar(0));
    return [op.Mul(op.Mul(op.Sign(x), op.Pow(op.Abs(x), exponent)), share(backward, scaled))];
  },
});

export const pooling: RuleTable = {
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalLpPool: lpPool((_backward, value) => value),
  GlobalMaxPool: globalMaxPool,
  LpPool: lpPool((backward, value) => {
    const kernel = intsAttribute(backward.node, "kernel_shape") ?? [];
    return spreadOverWindows(backward, value, spatialWindow(backward, kernel));
  }),
  MaxPool: maxPool,
};
