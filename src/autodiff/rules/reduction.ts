/** @file Rules of reductions: the gradient is spread back over the axes that were reduced. */

import type { Builder } from "../../onnx/builder.js";
import { type Dim, type GraphNode, int as intAttribute, type Value } from "../../onnx/graph.js";
import { dataTypes, sizeOf } from "../../onnx/tensor.js";
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
function broadcast(formula: (backward: Backward, g: Value) => Value): Rule {
  return {
    gradients: (backward) => {
      const { op, node, inputs, gradients } = backward;
      const [[x = "", axes], [g = ""]] = [inputs, gradients];
      return [op.Expand(keepAxes(op, node, x, axes, formula(backward, g)), op.Shape(x))];
    },
  };
}

interface ReductionValues {
  readonly op: Builder;
  /** The gradient of y and y itself, with the reduced axes kept. */
  readonly g: Value;
  readonly y: Value;
  readonly x: Value;
  /** The sum of a value of x's shape over the reduced axes, which are kept. */
  readonly sum: (value: Value) => Value;
  /** The same with the product. */
  readonly product: (value: Value) => Value;
}

/** A reduction with a gradient of its own for every element. */
function perElement(formula: (values: ReductionValues) => Value): Rule {
  return {
    gradients: ({ op, node, inputs: [x = "", axes], gradients: [g = ""], output }) => {
      const withAxes = (value: Value) => keepAxes(op, node, x, axes, value);
      const attributes = { keepdims: 1, noop_with_empty_axes: intAttribute(node, "noop_with_empty_axes", 0) };
      const sum = (value: Value) => op.ReduceSum(value, axes, attributes);
      const product = (value: Value) => op.ReduceProd(value, axes, attributes);
      return [formula({ op, x, g: withAxes(g), y: withAxes(output(0)), sum, product })];
    },
  };
}

/** Elements that attain the maximum (or minimum) together share the gradient evenly, as in PyTorch's amax. */
const extremum = perElement(({ op, g, x, y, sum }) => {
  const hits = op.Cast(op.Equal(x, y), { to: dataTypes.float32 });
  return op.Mul(hits, op.Div(g, sum(hits)));
});

/** g times the product of all other elements: zero wherever another element is zero. */
const product = perElement(({ op, g, x, sum, product: productOf }) => {
  const isZero = op.Equal(x, op.scalar(0));
  const zeros = op.Cast(isZero, { to: dataTypes.float32 });
  const nonzero = op.Where(isZero, op.scalar(1), x);
  const alone = op.Equal(op.Sub(sum(zeros), zeros), op.scalar(0));
  return op.Mul(g, op.Where(alone, op.Div(productOf(nonzero), nonzero), op.scalar(0)));
});

/** g divided by the number of elements that each mean was taken of. */
export function divideByCount({ op, inputs, output, dims }: Backward, g: Value): Value {
  const known = knownRatio(dims(inputs[0]), dims(output(0)));
  if (known !== undefined) return op.Div(g, op.scalar(known));
  const count = op.Div(op.Size(inputs[0]), op.Size(output(0)));
  return op.Div(g, op.Cast(count, { to: 1 }));
}

/** The number of elements of one shape divided by that of another, where open sizes have the same names in both. */
function knownRatio(of: readonly Dim[] | undefined, by: readonly Dim[] | undefined): number | undefined {
  const open = (dims: readonly Dim[]) => dims.filter((dim) => typeof dim === "string");
  const known = (dims: readonly Dim[]) => sizeOf(dims.filter((dim) => typeof dim === "number"));
  if (of === undefined || by === undefined) return undefined;
  if (open(of).includes("") || String(open(of)) !== String(open(by))) return undefined;
  const ratio = known(of) / known(by);
  return ratio > 0 && Number.isInteger(ratio) ? ratio : undefined;
}

export const reduction: RuleTable = {
  ReduceSum: broadcast((_backward, g) => g),
  ReduceMean: broadcast(divideByCount),
  ReduceMax: extremum,
  ReduceMin: extremum,
  ReduceProd: product,
  ReduceSumSquare: perElement(({ op, g, x }) => op.Mul(op.Mul(op.scalar(2), g), x)),
  /** The slope at 0 is 0, as in PyTorch. */
  ReduceL1: perElement(({ op, g, x }) => op.Mul(g, op.Sign(x))),
  /** Where all elements are 0, so is the gradient, as in PyTorch. */
  ReduceL2: perElement(({ op, g, x, y }) =>
    op.Mul(g, op.Where(op.Greater(y, op.scalar(0)), op.Div(x, y), op.scalar(0))),
  ),
  ReduceLogSum: broadcast(({ op, output }, g) => op.Mul(g, op.Exp(op.Neg(output(0))))),
  ReduceLogSumExp: perElement(({ op, g, x, y }) => op.Mul(g, op.Exp(op.Sub(x, y)))),
};
