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
export function selected({ op, node, inputs, gradients }: Backward, rest = inputs.slice(1)): Value {
  const x = inputs[0];
  const count = op.Size(x);
  const positions = op.Reshape(op.Range(op.int(0), count, op.int(1)), op.Shape(x));
  const [origins] = op.node(node.op, [positions, ...rest], node.attributes) as [Value];
  const vector = (value: Value) => op.Reshape(value, op.ints([-1]));
  const zeros = op.Expand(op.scalar(0), vector(count));
  const sums = op.ScatterElements(zeros, vector(origins), vector(gradients[0] as Value), { axis: 0, reduction: "add" });
  return op.Reshape(sums, op.Shape(x));
}

/** With steps of 1 what was cut off comes back as zeros. */
const slice: Rule = {
  gradients: (backward) => {
    const { op, inputs, gradients, typeOf } = backward;
    const [x, starts, , givenAxes, steps] = inputs as [Value, Value, Value, Value | undefined, Value | undefined];
    if (steps !== undefined && !isAllOnes(op, steps)) return [selected(backward)];
    const wide = (value: Value) => (typeOf(value)?.type === "int64" ? value : op.Cast(value, { to: dataTypes.int64 }));
    const axes = givenAxes ? wide(givenAxes) : op.Range(op.int(0), op.Size(starts), op.int(1));
    const sizes = op.Gather(op.Shape(x), axes);
    const begin = op.Max(op.Min(fromFront(op, wide(starts), sizes), sizes), op.ints([0]));
    const end = op.Sub(op.Sub(sizes, begin), op.Gather(op.Shape(gradients[0]), axes));
    return [padAlong(op, gradients[0] as Value, axes, begin, end)];
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

/** A single index leaves zeros around what it picked; elsewhere an index may occur twice and gradients add up. */
const gather: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, dims, typeOf } = backward;
    const [x, indices] = inputs as [Value, Value];
    const shape = dims(indices);
    const single = shape?.every((dim) => dim === 1) && shape.length < 2;
    if (!single || typeOf(indices)?.type !== "int64") return [selected(backward)];
    const axis = op.ints([intAttribute(node, "axis", 0)]);
    const size = op.Gather(op.Shape(x), axis);
    const begin = fromFront(op, op.Reshape(indices, op.ints([1])), size);
    const end = op.Sub(op.Sub(size, begin), op.ints([1]));
    const picked = shape.length === 0 ? op.Unsqueeze(gradients[0], axis) : (gradients[0] as Value);
    return [padAlong(op, picked, axis, begin, end)];
  },
};

function zerosLike(op: Builder, value: Value): Value {
  return op.Expand(op.scalar(0), op.Shape(value));
}

/** GatherElements and TopK: each gradient returns to the place along the axis that it was taken from. */
function returned({ op, node, inputs, gradients }: Backward, indices: Value, axis: number): Value {
  const at = { axis: intAttribute(node, "axis", axis), reduction: "add" };
  return op.ScatterElements(zerosLike(op, inputs[0] as Value), indices, gradients[0], at);
}

/**
 * ScatterElements and ScatterND, replacing (repeated indices are undefined there) or adding: the updates' gradient is
 * what `pick` finds in g, and what was replaced has none.
 */
function scatter(pick: (op: Builder, g: Value, indices: Value, node: GraphNode) => Value): Rule {
  return {
    gradients: ({ op, node, inputs, gradients }) => {
      const [g, indices, updates] = [gradients[0] as Value, inputs[1] as Value, inputs[2] as Value];
      const reduction = stringAttribute(node, "reduction", "none");
      if (reduction !== "none" && reduction !== "add") {
        const message = `reduction ${reduction}: expected none or add, which have a gradient here`;
        throw new FoveaError("bad-graph", `node "${node.name}" (${node.op}): ${message}`);
      }
      const picked = pick(op, g, indices, node);
      if (reduction === "add") return [g, undefined, picked];
      return [op.node(node.op, [g, indices, zerosLike(op, updates)], node.attributes)[0], undefined, picked];
    },
  };
}

export const indexing: RuleTable = {
  Gather: gather,
  GatherElements: { gradients: (backward) => [returned(backward, backward.inputs[1] as Value, 0)] },
  GatherND: { gradients: (backward) => [selected(backward)] },
  ScatterElements: scatter((op, g, indices, node) =>
    op.GatherElements(g, indices, { axis: intAttribute(node, "axis", 0) }),
  ),
  ScatterND: scatter((op, g, indices) => op.node("GatherND", [g, indices])[0] as Value),
  Slice: slice,
  /** Of the values; the indices have no gradient. */
  TopK: { gradients: (backward) => [returned(backward, backward.output(1), -1)] },
};
