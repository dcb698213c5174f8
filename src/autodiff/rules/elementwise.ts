/** @file Rules of element-by-element arithmetic. */

import { dataTypes } from "../../onnx/index.js";
import { binary, flat, type RuleTable, unary } from "../rule.js";

export const elementwise: RuleTable = {
  Add: binary((_op, g) => [g, g]),
  Sub: binary((op, g) => [g, op.Neg(g)]),
  Mul: binary((op, g, a, b) => [op.Mul(g, b), op.Mul(g, a)]),
  Div: binary((op, g, _a, b, y) => [op.Div(g, b), op.Neg(op.Div(op.Mul(g, y), b))]),
  Pow: binary((op, g, a, b, y) => [
    op.Mul(g, op.Mul(b, op.Pow(a, op.Sub(b, op.scalar(1))))),
    op.Mul(g, op.Mul(y, op.Log(a))),
  ]),
  Neg: unary((op, g) => op.Neg(g)),
  Exp: unary((op, g, _x, y) => op.Mul(g, y)),
  Log: unary((op, g, x) => op.Div(g, x)),
  Sqrt: unary((op, g, _x, y) => op.Div(g, op.Mul(op.scalar(2), y))),
  Reciprocal: unary((op, g, _x, y) => op.Neg(op.Mul(g, op.Mul(y, y)))),
  Abs: unary((op, g, x) => op.Mul(g, op.Sign(x))),
  Identity: unary((_op, g) => g),
  Cast: {
    gradients: ({ op, node, inputs, gradients, typeOf }) => {
      const floating = new Set(["float32", "float64", "float16", "bfloat16"]);
      const from = typeOf(inputs[0] as string)?.type ?? "float32";
      const to = typeOf(node.outputs[0] as string)?.type ?? "float32";
      if (!floating.has(from) || !floating.has(to)) return [undefined];
      return [from === to ? gradients[0] : op.Cast(gradients[0], { to: dataTypes[from] })];
    },
  },
  /** At inference the identity; in training mode the mask and the scale of the forward pass. */
  Dropout: {
    gradients: ({ op, inputs: [, ratio, training], gradients: [g], output }) => {
      if (training === undefined) return [g];
      const kept = op.Cast(output(1), { to: dataTypes.float32 });
      const scale = op.Div(op.scalar(1), op.Sub(op.scalar(1), ratio ?? op.scalar(0.5)));
      return [op.Mul(g, op.Mul(kept, op.Where(training, scale, op.scalar(1))))];
    },
  },
  And: flat,
  ArgMax: flat,
  Ceil: flat,
  Constant: flat,
  ConstantOfShape: flat,
  Equal: flat,
  Floor: flat,
  Greater: flat,
  GreaterOrEqual: flat,
  IsNaN: flat,
  Less: flat,
  LessOrEqual: flat,
  NonZero: flat,
  Not: flat,
  OneHot: flat,
  Or: flat,
  Range: flat,
  Round: flat,
  Shape: flat,
  Sign: flat,
  Size: flat,
};
