/** @file Differentiation rules, and makers that keep plumbing out of the tables. */

import type { Builder } from "../onnx/builder.js";
import { type Dim, dimsOf, type GraphNode, staticDims, type Value, type ValueType } from "../onnx/graph.js";

/** The node that a rule differentiates, with the gradients that arrived at it. */
export interface Backward {
  /** Appends nodes; their names begin with the forward node's name. */
  readonly op: Builder;
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  /** Gradient of the score with respect to each output; undefined where none arrived. */
  readonly gradients: readonly (Value | undefined)[];
  /** Sizes of a value, undefined when not even the rank is known, or for an omitted input. */
  readonly dims: (value: Value | undefined) => readonly Dim[] | undefined;
  readonly typeOf: (value: Value | undefined) => ValueType | undefined;
  /** Name of the node's i-th output; an optional output that the node doesn't have yet is added to it. */
  readonly output: (i: number) => Value;
  /**
   * Appends the gradients of the sum of a value's elements by the rules of this walk: for formulas that a rule composes.
   * The values `wrt` are taken as independent of each other.
   */
  readonly gradientsOf: (of: Value, wrt: readonly Value[]) => readonly Value[];
}

/** How gradients pass an operator. */
export interface Rule {
  /** The gradient for each input, undefined where there is none by definition (shapes, indices). */
  readonly gradients: (backward: Backward) => readonly (Value | undefined)[];
  /**
   * Inputs were broadcast, so the walker sums gradients back: `"all"` axes (gradients have the output's shape), or only
   * the `"batch"` axes before the last two (MatMul).
   */
  readonly broadcast?: "all" | "batch";
}

/** A rule, or `flat`: the derivative is zero wherever it exists. */
export type RuleTable = Readonly<Record<string, Rule | typeof flat>>;

/** Zero by definition: no gradient passes. */
export const flat = "flat";

/** y = f(x): the formula gets the builder, the gradient g of y, x and y. */
export function unary(formula: (op: Builder, g: Value, x: Value, y: Value, node: GraphNode) => Value): Rule {
  return {
    gradients: ({ op, node, inputs: [x = ""], gradients: [g = ""], output }) => [formula(op, g, x, output(0), node)],
  };
}

/** y = f(a, b) element by element, with broadcasting: the formula returns the gradients of a and of b. */
export function binary(formula: (op: Builder, g: Value, a: Value, b: Value, y: Value) => readonly Value[]): Rule {
  return {
    broadcast: "all",
    gradients: ({ op, inputs: [a = "", b = ""], gradients: [g = ""], output }) => formula(op, g, a, b, output(0)),
  };
}

/** y = x under another shape: the gradient takes x's shape back. */
export const reshapeBack: Rule = unary((op, g, x, y) => op.Reshape(g, shapeBack(op, x, y)));

/**
 * x's shape as Reshape takes it from y's: a constant where only the first size is open. That is copied where it is y's as well, so
 * that onnxruntime knows it for the same, and else found by Reshape.
 */
function shapeBack(op: Builder, x: Value, y: Value): Value {
  const [first, ...others] = dimsOf(op.graph, x) ?? [];
  const known = first === undefined ? undefined : staticDims(others);
  if (!known?.every((size) => size > 0)) return op.Shape(x);
  const isShared = first !== "" && first === dimsOf(op.graph, y)?.[0];
  return op.ints([isShared ? 0 : -1, ...known]);
}
