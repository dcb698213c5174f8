/** @file Rules of operators that pick or place elements by their positions. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import { type GraphNode, int as intAttribute, string as stringAttribute, type Value } from "../../onnx/graph.js";
import { dataTypes, numbers } from "../../onnx/tensor.js";
import { padAlong } from "../pad-along.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

/**
 * Every element of y is one of x's. The node itself, given x's positions instead of x, tells where each came from; there
 * the gradients add up.
 * @param inputs the node's inputs after the first
 */
export function addAtOrigins({ op, node, inputs, gradients }: Backward, rest = inputs.slice(1)): Value {
  const x = inputs[0];
  const count = op.Size(x);
  const positions = op.Reshape(op.Range(op.int(0), count, op.int(1)), op.Shape(x));
  const [origins] = op.node(node.op, [positions, ...rest], node.attributes);
  const [g = ""] = gradients;
  const vector = (value: Value) => op.Reshape(value, op.ints([-1]));
  const zeros = op.Expand(op.scalar(0), vector(count));
  const sums = op.ScatterElements(zeros, vector(origins), vector(g), { axis: 0, reduction: "add" });
  return op.Reshape(sums, op.Shape(x));
}

/** With steps of 1 the parts that were cut off come back as zeros. */
const slice: Rule = {
  gradients: (backward) => {
    const { op, inputs, gradients, typeOf } = backward;
    const [x, starts = "", , axesInput, steps] = inputs;
    const [g = ""] = gradients;
    if (steps !== undefined && !isAllOnes(op, steps)) return [addAtOrigins(backward)];
    const wide = (value: Value) => (typeOf(value)?.type === "int64" ? value : op.Cast(value, { to: dataTypes.int64 }));
    const axes = axesInput ? wide(axesInput) : op.Range(op.int(0), op.Size(starts), op.int(1));
    const sizes = op.Gather(op.Shape(x), axes);
    const begin = op.Max(op.Min(fromFront(op, wide(starts), sizes), sizes), op.ints([0]));
    const end = op.Sub(op.Sub(sizes, begin), op.Gather(op.Shape(g), axes));
    return [padAlong(op, g, axes, begin, end)];
  },
};

function isAllOnes(op: Builder, value: Value): boolean {
  const tensor = op.graph.initializers.get(value);
  return tensor !== undefined && numbers(tensor).every((step) => step === 1);
}

/** Indices, of which negative ones count from the end. */
function fromFront(op: Builder, indices: Value, sizes: Value): Value {
  return op.Where(op.Less(indices, op.int(0)), op.Add(indices, sizes), indices);
}

/** A single index leaves zeros around its slice; elsewhere an index may occur twice and gradients add up. */
const gather: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, dims, typeOf } = backward;
    const [x, indices = ""] = inputs;
    const [g = ""] = gradients;
    const shape = dims(indices);
    const single = shape?.every((dim) => dim === 1) && shape.length < 2;
    if (!single || typeOf(indices)?.type !== "int64") return [addAtOrigins(backward)];
    const axis = op.ints([intAttribute(node, "axis", 0)]);
    const size = op.Gather(op.Shape(x), axis);
    const begin = fromFront(op, op.Reshape(indices, op.ints([1])), size);
    const end = op.Sub(op.Sub(size, begin), op.ints([1]));
    const part = shape.length === 0 ? op.Unsqueeze(g, axis) : g;
    return [padAlong(op, part, axis, begin, end)];
  },
};

function zerosLike(op: Builder, value: Value | undefined): Value {
  return op.Expand(op.scalar(0), op.Shape(value));
}

/** GatherElements and TopK: each gradient returns to the place along the axis that it was taken from. */
function scatterBack(backward: Backward, indices: Value | undefined, axis: number): Value {
  const { op, node, inputs, gradients } = backward;
  const attributes = { axis: intAttribute(node, "axis", axis), reduction: "add" };
  return op.ScatterElements(zerosLike(op, inputs[0]), indices, gradients[0], attributes);
}

/**
 * ScatterElements and ScatterND, replacing (repeated indices are undefined there) or adding: the updates' gradient is
 * the part of g that `pick` gives, and replaced elements have none.
 */
function scatter(pick: (op: Builder, g: Value, indices: Value, node: GraphNode) => Value): Rule {
  return {
    gradients: ({ op, node, inputs: [, indices = "", updates], gradients: [g = ""] }) => {
      const reduction = stringAttribute(node, "reduction", "none");
      if (reduction !== "none" && reduction !== "add") {
        const message = `reduction ${reduction}: expected none or add, which have a gradient here`;
        throw new FoveaError("bad-graph", `node "${node.name}" (${node.op}): ${message}`);
      }
      const part = pick(op, g, indices, node);
      if (reduction === "add") return [g, undefined, part];
      return [op.node(node.op, [g, indices, zerosLike(op, updates)], node.attributes)[0], undefined, part];
    },
  };
}

export const indexing: RuleTable = {
  Gather: gather,
  GatherElements: { gradients: (backward) => [scatterBack(backward, backward.inputs[1], 0)] },
  GatherND: { gradients: (backward) => [addAtOrigins(backward)] },
  ScatterElements: scatter((op, g, indices, node) =>
    op.GatherElements(g, indices, { axis: intAttribute(node, "axis", 0) }),
  ),
  ScatterND: scatter((op, g, indices) => op.node("GatherND", [g, indices])[0]),
  Slice: slice,
  /** Of the values; the indices have no gradient. */
  TopK: { gradients: (backward) => [scatterBack(backward, backward.output(1), -1)] },
};
