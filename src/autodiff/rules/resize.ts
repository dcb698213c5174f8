/** @file Rule of Resize: along each axis a product with the interpolation's own matrix. */

import { FoveaError } from "../../foundation/error.js";
import { type Builder, float } from "../../onnx/builder.js";
import { ints as intsAttribute, string as stringAttribute, type Value } from "../../onnx/graph.js";
import { dataTypes, numbers } from "../../onnx/tensor.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

/**
 * Resizing is linear in x and separable: y = x ×ₐ Mₐ over the axes a. The node itself makes each Mₐ [n, m] from the
 * identity matrix, so that every mode is exact; the gradient is g ×ₐ Mₐᵀ.
 */
const resize: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, dims } = backward;
    const [gradient = ""] = gradients;
    const rank = dims(inputs[0])?.length;
    if (rank === undefined) throw refusal(backward, "expected a known rank, got none");
    const policy = stringAttribute(node, "keep_aspect_ratio_policy", "stretch");
    if (policy !== "stretch") throw refusal(backward, `keep_aspect_ratio_policy: expected stretch, got ${policy}`);
    const axes = (intsAttribute(node, "axes") ?? range(rank)).map((axis) => (axis < 0 ? axis + rank : axis));
    const resizedAxes = axes.map((axis, i) => ({ axis, i })).filter(({ axis, i }) => !isKept(backward, axis, i));
    return [
      resizedAxes.reduceRight(
        (g, { axis, i }) => multiplyAlong(op, g, interpolation(backward, axis, i, axes.length), axis, rank),
        gradient,
      ),
    ];
  },
};

function refusal({ node }: Backward, message: string): FoveaError {
  return new FoveaError("bad-graph", `node "${node.name}" (Resize): ${message}`);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The scales, unless the node has sizes in their place: either may be there without elements. */
function scalesOf({ inputs, dims }: Backward): Value | undefined {
  const scales = inputs[2];
  return scales === undefined || dims(scales)?.includes(0) ? undefined : scales;
}

/** Whether an axis certainly stays the same. A region of interest may move an axis without changing its size. */
function isKept(backward: Backward, axis: number, i: number): boolean {
  const { op, node, inputs, dims } = backward;
  if (stringAttribute(node, "coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize") return false;
  const scales = scalesOf(backward);
  const constant = op.graph.initializers.get(scales ?? "");
  if (constant) return numbers(constant)[i] === 1;
  const [from, to] = [dims(inputs[0])?.[axis], dims(node.outputs[0])?.[axis]];
  return !scales && from === to && from !== undefined && from !== "";
}

/** The i-th resized axis' matrix [n, m]: the identity matrix of x's size n, resized along its rows as x is along `axis`. */
function interpolation(backward: Backward, axis: number, i: number, count: number): Value {
  const { op, node, inputs } = backward;
  const [x, roi] = inputs;
  const scales = scalesOf(backward);
  const at = { start: axis, end: axis + 1 };
  const size = op.Shape(x, at);
  const positions = op.Range(op.int(0), op.Squeeze(size, op.ints([0])), op.int(1));
  const identity = op.Cast(op.Equal(op.Unsqueeze(positions, op.ints([1])), positions), { to: dataTypes.float32 });
  const part = (value: Value, from: number) => op.Slice(value, op.ints([from]), op.ints([from + 1]));
  const crops = stringAttribute(node, "coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  const region = (value: Value) => {
    const [zero, one] = [op.Cast(op.ints([0]), { to: 1 }), op.Cast(op.ints([1]), { to: 1 })];
    return op.Concat(zero, part(value, i), one, part(value, i + count), { axis: 0 });
  };
  const attributes = { ...node.attributes, axes: undefined, ...(crops ? { extrapolation_value: float(0) } : {}) };
  const inputsOf = scales
    ? [op.Concat(op.Cast(op.ints([1]), { to: 1 }), part(scales, i), { axis: 0 })]
    : [undefined, op.Concat(size, op.Shape(node.outputs[0], at), { axis: 0 })];
  return op.node("Resize", [identity, crops && roi ? region(roi) : undefined, ...inputsOf], attributes)[0];
}

/** Multiplies `axis` (size m) of a value with a matrix [n, m]. */
function multiplyAlong(op: Builder, value: Value, matrix: Value, axis: number, rank: number): Value {
  if (rank > 1 && axis === rank - 2) return op.MatMul(matrix, value);
  const columns = op.Transpose(matrix, { perm: [1, 0] });
  if (axis === rank - 1) return op.MatMul(value, columns);
  const swap = range(rank).map((i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  return op.Transpose(op.MatMul(op.Transpose(value, { perm: swap }), columns), { perm: swap });
}

export const resizing: RuleTable = { Resize: resize };
