/** @file Rules of operators that move elements without computing. */

import { type Dim, intAttribute, intsAttribute, type Value } from "../../onnx/index.js";
import { type Rule, type RuleTable, reshaped, unary } from "../rule.js";

const transpose: Rule = unary((op, g, _x, _y, node) => {
  const perm = intsAttribute(node, "perm");
  if (perm === undefined) return op.Transpose(g);
  return op.Transpose(g, { perm: perm.map((_, axis) => perm.indexOf(axis)) });
});

const concat: Rule = {
  gradients: ({ op, node, inputs, gradients: [g], dims }) => {
    const axis = intAttribute(node, "axis", 0);
    const parts = inputs as readonly Value[];
    const sizes = parts.map((part) => sizeAlong(dims(part), axis));
    const known = sizes.every((size) => typeof size === "number");
    const atRunTime = () => parts.map((part) => op.Gather(op.Shape(part), op.ints([axis])));
    const split = known ? op.ints(sizes as number[]) : op.Concat(...atRunTime(), { axis: 0 });
    return op.node("Split", [g, split], { axis }, parts.length);
  },
};

function sizeAlong(dims: readonly Dim[] | undefined, axis: number): Dim | undefined {
  return dims?.[axis < 0 ? axis + dims.length : axis];
}

export const movement: RuleTable = {
  Concat: concat,
  Expand: { broadcast: "all", gradients: ({ gradients: [g] }) => [g] },
  Flatten: reshaped,
  Reshape: reshaped,
  Squeeze: reshaped,
  Transpose: transpose,
  Unsqueeze: reshaped,
};
