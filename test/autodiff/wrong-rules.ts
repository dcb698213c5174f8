/** @file Rules that are wrong in ways people get them wrong: the gradient checker must refuse each. */

import { type Backward, binary, flat, type Rule, type RuleTable, unary } from "../../src/autodiff/rule.js";
import { rules } from "../../src/autodiff/rules/index.js";
import { type Builder, float } from "../../src/onnx/builder.js";
import { ints as intsAttribute, type Value } from "../../src/onnx/graph.js";
import { float32 } from "../../src/onnx/tensor.js";
import type { GradientCase } from "../support/models/gradient-case.js";

export interface WrongRule {
  readonly op: string;
  /** A case that shows the mistake. */
  readonly at: GradientCase;
  readonly rule: Rule | typeof flat;
}

/** The right gradients, spoilt. */
function spoilt(op: string, spoil: (op: Builder, ...gradients: Value[]) => readonly Value[]): Rule {
  const right = rules[op] as Rule;
  return {
    ...right,
    gradients: (backward: Backward) => spoil(backward.op, ...(right.gradients(backward) as Value[])),
  };
}

const x = [2, 3];
const image = [2, 2, 4, 4];
const filters = [2, 2, 3, 3];

export const wrongRules: Readonly<Record<string, WrongRule>> = {
  "Sigmoid without the factor 1 - y": {
    op: "Sigmoid",
    at: { inputs: { x } },
    rule: unary((op, g, _x, y) => op.Mul(g, y)),
  },
  "Tanh with y in the place of its square": {
    op: "Tanh",
    at: { inputs: { x } },
    rule: unary((op, g, _x, y) => op.Mul(g, op.Sub(op.scalar(1), y))),
  },
  "Relu that lets everything pass": { op: "Relu", at: { inputs: { x }, away: [0] }, rule: unary((_op, g) => g) },
  "Relu that lets nothing pass": { op: "Relu", at: { inputs: { x }, away: [0] }, rule: flat },
  "LeakyRelu that forgets its slope": {
    op: "LeakyRelu",
    at: { inputs: { x }, away: [0], attributes: { alpha: float(0.3) } },
    rule: rules.Relu as Rule,
  },
  "Clip that lets everything pass": {
    op: "Clip",
    at: { inputs: { x, min: float32([], [0]) }, away: [0] },
    rule: unary((_op, g) => g),
  },
  "Add without the sum over broadcast axes": {
    op: "Add",
    at: { inputs: { a: [2, 3], b: [3] } },
    rule: { gradients: ({ gradients: [g] }) => [g, g] },
  },
  "Sub with two equal signs": { op: "Sub", at: { inputs: { a: x, b: x } }, rule: binary((_op, g) => [g, g]) },
  "Mul with the factors exchanged": {
    op: "Mul",
    at: { inputs: { a: x, b: x } },
    rule: binary((op, g, a, b) => [op.Mul(g, a), op.Mul(g, b)]),
  },
  "Div without the square": {
    op: "Div",
    at: { inputs: { a: x, b: x }, of: { b: { interval: [1.5, 3] } } },
    rule: binary((op, g, a, b) => [op.Div(g, b), op.Neg(op.Div(op.Mul(g, a), b))]),
  },
  "Exp with the derivative one": { op: "Exp", at: { inputs: { x } }, rule: unary((_op, g) => g) },
  "Sqrt without the factor one half": {
    op: "Sqrt",
    at: { inputs: { x }, interval: [1, 2] },
    rule: unary((op, g, _x, y) => op.Div(g, y)),
  },
  "Neg that gives NaN": {
    op: "Neg",
    at: { inputs: { x } },
    rule: unary((op, g) => op.Mul(g, op.scalar(Number.NaN))),
  },
  "Softmax as if the classes were independent": {
    op: "Softmax",
    at: { inputs: { x } },
    rule: unary((op, g, _x, y) => op.Mul(g, op.Mul(y, op.Sub(op.scalar(1), y)))),
  },
  "ReduceMean that sums": { op: "ReduceMean", at: { inputs: { x } }, rule: rules.ReduceSum as Rule },
  "ReduceSum that averages": { op: "ReduceSum", at: { inputs: { x } }, rule: rules.ReduceMean as Rule },
  "GlobalAveragePool that sums": {
    op: "GlobalAveragePool",
    at: { inputs: { x: image } },
    rule: unary((op, g, input) => op.Expand(g, op.Shape(input))),
  },
  "Transpose that repeats its permutation": {
    op: "Transpose",
    at: { inputs: { x: [3, 3, 3] }, attributes: { perm: [1, 2, 0] } },
    rule: unary((op, g, _x, _y, node) => op.Transpose(g, { perm: intsAttribute(node, "perm") as number[] })),
  },
  "Reshape that forgets the shape": {
    op: "Flatten",
    at: { inputs: { x: [2, 3, 2] } },
    rule: unary((_op, g) => g),
  },
  "Concat with the parts exchanged": {
    op: "Concat",
    at: { inputs: { a: x, b: x }, attributes: { axis: 1 } },
    rule: spoilt("Concat", (_op, a, b) => [b, a] as Value[]),
  },
  "MatMul without a transposition": {
    op: "MatMul",
    at: { inputs: { a: [3, 3], b: [3, 3] } },
    rule: { gradients: ({ op, inputs: [a, b], gradients: [g] }) => [op.MatMul(g, b), op.MatMul(a, g)] },
  },
  "Gemm without alpha": {
    op: "Gemm",
    at: { inputs: { a: [2, 3], b: [3, 4] }, attributes: { alpha: float(0.5) } },
    rule: spoilt("Gemm", (op, a, b) => [op.Mul(a, op.scalar(2)), b as Value]),
  },
  "Conv with a kernel that is not flipped": {
    op: "Conv",
    at: { inputs: { x: image, w: filters }, attributes: { pads: [1, 1, 1, 1] } },
    rule: {
      gradients: ({ op, inputs: [, w], gradients: [g] }) => [
        op.Conv(g, op.Transpose(w, { perm: [1, 0, 2, 3] }), { pads: [1, 1, 1, 1] }),
      ],
    },
  },
  "Conv with weights that are not transposed": {
    op: "Conv",
    at: { inputs: { x: image, w: filters }, attributes: { pads: [1, 1, 1, 1] } },
    rule: {
      gradients: ({ op, inputs: [, w], gradients: [g] }) => [
        op.ConvTranspose(g, op.Transpose(w, { perm: [1, 0, 2, 3] }), { pads: [1, 1, 1, 1] }),
      ],
    },
  },
  "Conv with the mean for its bias": {
    op: "Conv",
    at: { inputs: { x: image, w: filters, b: [2] } },
    rule: spoilt("Conv", (op, dx, dw, db) => [dx as Value, dw as Value, op.Div(db, op.scalar(4))]),
  },
  "MaxPool that gives the gradient to every maximum": {
    op: "MaxPool",
    // The maximum of a number and itself: smooth, and a tie everywhere.
    at: {
      inputs: { x: [1, 3, 4, 1] },
      build: (op, [value]) =>
        op.node("MaxPool", [op.Concat(value, value, { axis: 3 })], { kernel_shape: [1, 2] })[0] as Value,
    },
    rule: unary((op, g, input, y) => op.Where(op.Equal(input, y), g, op.scalar(0))),
  },
  "AveragePool that counts the padding": {
    op: "AveragePool",
    at: { inputs: { x: image }, attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
    rule: {
      gradients: (backward) => {
        const counting = { ...backward.node.attributes, count_include_pad: { type: "int", value: 1 } } as const;
        return (rules.AveragePool as Rule).gradients({ ...backward, node: { ...backward.node, attributes: counting } });
      },
    },
  },
  "BatchNormalization that takes the statistics for constants": {
    op: "BatchNormalization",
    at: {
      inputs: { x: [4, 2, 3], scale: [2], bias: [2], mean: [2], variance: [2] },
      attributes: { training_mode: 1 },
      of: { variance: { interval: [0.5, 2] } },
      outputs: 3,
    },
    rule: {
      gradients: (backward) =>
        (rules.BatchNormalization as Rule).gradients({ ...backward, node: { ...backward.node, attributes: {} } }),
    },
  },
};

/** The table that puts a wrong rule in the place of the right one. */
export function overriding({ op, rule }: WrongRule): RuleTable {
  return { [op]: rule };
}
