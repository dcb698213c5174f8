/** @file Rules of operators that move elements without computing. */

import type { Builder } from "../../onnx/builder.js";
import {
  type Dim,
  int as intAttribute,
  ints as intsAttribute,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { padAlong } from "../pad-along.js";
import { type Rule, type RuleTable, reshapeBack, unary } from "../rule.js";
import { addAtOrigins } from "./indexing.js";

const transpose: Rule = unary((op, g, _x, _y, node) => {
  const perm = intsAttribute(node, "perm");
  if (perm === undefined) return op.Transpose(g);
  return op.Transpose(g, { perm: perm.map((_, axis) => perm.indexOf(axis)) });
});

const concat: Rule = {
  gradients: ({ op, node, inputs, gradients: [g], dims }) => {
    const axis = intAttribute(node, "axis", 0);
    const sizes = inputs.map((part) => sizeAlong(dims(part), axis));
    const atRunTime = () => inputs.map((part) => op.Gather(op.Shape(part), op.ints([axis])));
    const split = sizes.every((size) => typeof size === "number")
      ? op.ints(sizes)
      : op.Concat(...atRunTime(), { axis: 0 });
    return op.node("Split", [g, split], { axis }, inputs.length);
  },
};

function sizeAlong(dims: readonly Dim[] | undefined, axis: number): Dim | undefined {
  return dims?.[axis < 0 ? axis + dims.length : axis];
}

/** Parts that no gradient reached count as zeros. */
const split: Rule = {
  gradients: ({ op, node, gradients, output }) => {
    const parts = gradients.map((g, i) => g ?? op.Expand(op.scalar(0), op.Shape(output(i))));
    return [op.Concat(...parts, { axis: intAttribute(node, "axis", 0) })];
  },
};

/** Constant padding is cut off again (a negative pad, which cut, pads with zeros); its value gets the gradient there. */
const pad: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients } = backward;
    const [, pads, value, axes] = inputs;
    const [g = ""] = gradients;
    if (stringAttribute(node, "mode", "constant") !== "constant")
      return [addAtOrigins(backward, [pads, undefined, axes])];
    const inner = padBack(op, g, op.Neg(pads), axes);
    if (value === undefined) return [inner];
    const [whole, inside] = [g, inner].map((part) => op.ReduceSum(part, { keepdims: 0 }));
    return [inner, undefined, op.Reshape(op.Sub(whole, inside), op.Shape(value))];
  },
};

function padBack(op: Builder, g: Value, pads: Value, axes: Value | undefined): Value {
  if (axes === undefined) return op.Pad(g, pads);
  const [begin, end] = op.node("Split", [pads], { axis: 0, num_outputs: 2 }, 2);
  return padAlong(op, g, axes, begin, end);
}

/** Sums the repetitions: each axis of the gradient as [repeats, size]. */
const tile: Rule = {
  gradients: ({ op, inputs: [x, repeats], gradients: [g] }) => {
    const column = (value: Value | undefined) => op.Unsqueeze(value, op.ints([1]));
    const shape = op.Reshape(op.Concat(column(repeats), column(op.Shape(x)), { axis: 1 }), op.ints([-1]));
    const axes = op.Range(op.int(0), op.Size(shape), op.int(2));
    return [op.ReduceSum(op.Reshape(g, shape), axes, { keepdims: 0 })];
  },
};

/** The inverse permutation; SpaceToDepth orders channels as mode DCR does. */
const depthToSpace: Rule = unary((op, g, x, _y, node) => {
  const blocksize = intAttribute(node, "blocksize", 1);
  if (stringAttribute(node, "mode", "DCR") === "DCR") return op.node("SpaceToDepth", [g], { blocksize })[0];
  const [rows, columns, block] = [op.Shape(x, { start: 2, end: 3 }), op.Shape(x, { start: 3 }), op.ints([blocksize])];
  const blocks = op.Reshape(g, op.Concat(op.ints([0, 0]), rows, block, columns, block, { axis: 0 }));
  return op.Reshape(op.Transpose(blocks, { perm: [0, 1, 3, 5, 2, 4] }), op.Shape(x));
});

/** The same sums from the other end. */
const cumSum: Rule = {
  gradients: ({ op, node, inputs: [, axis], gradients: [g] }) => {
    const [exclusive, reverse] = [intAttribute(node, "exclusive", 0), 1 - intAttribute(node, "reverse", 0)];
    return op.node("CumSum", [g, axis], { exclusive, reverse });
  },
};

/** The node itself, applied to the gradient: it only keeps a triangle, or turns the order back. */
const itself: Rule = {
  gradients: ({ op, node, inputs, gradients: [g] }) => op.node(node.op, [g, ...inputs.slice(1)], node.attributes),
};

export const movement: RuleTable = {
  Concat: concat,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Expand: { broadcast: "all", gradients: ({ gradients: [g] }) => [g] },
  Flatten: reshapeBack,
  Pad: pad,
  Reshape: reshapeBack,
  ReverseSequence: itself,
  SpaceToDepth: unary((op, g, _x, _y, node) => op.DepthToSpace(g, { blocksize: intAttribute(node, "blocksize", 1) })),
  Split: split,
  Squeeze: reshapeBack,
  Tile: tile,
  Transpose: transpose,
  Trilu: itself,
  Unsqueeze: reshapeBack,
};
