/** @file Rules of reductions: the gradient is spread back over the axes that were reduced. */

import { type Builder, type GraphNode, intAttribute, type Value } from "../../onnx/index.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

/** Gives a gradient the reduced axes back, each of size 1. */
function keepAxes(op: Builder, node: GraphNode, x: Value, axes: Value | undefined, g: Value): Value {
  if (intAttribute(node, "keepdims", 1) === 1) return g;
  if (axes !== undefined) return op.Unsqueeze(g, axes);
  if (intAttribute(node, "noop_with_empty_axes", 0) === 1) return g;
  const rank = op.Shape(op.Shape(x));
  return op.Reshape(g, op.Expand(op.ints([1]), rank));
}

/** A reduction whose gradient is the same for every element that was reduced, after `formula`. */
function spread(formula: (backward: Backward, g: Value) => Value): Rule {
  return {
    gradients: (backward) => {
      const { op, node, inputs, gradients } = backward;
      const [x, axes] = inputs as [Value, Value | undefined];
      return [op.Expand(keepAxes(op, node, x, axes, formula(backward, gradients[0] as Value)), op.Shape(x))];
    },
  };
}

/** g divided by the number of elements that each mean was taken of. */
export function dividedByCount({ op, inputs, output }: Backward, g: Value): Value {
  const count = op.Div(op.Size(inputs[0]), op.Size(output(0)));
  return op.Div(g, op.Cast(count, { to: 1 }));
}

export const reduction: RuleTable = {
  ReduceSum: spread((_backward, g) => g),
  ReduceMean: spread(dividedByCount),
};
