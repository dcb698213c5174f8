/** @file Rules of element-by-element arithmetic. */

import { int as intAttribute } from "../../onnx/graph.js";
import { dataTypeName, dataTypes } from "../../onnx/tensor.js";
import { binary, flat, type Rule, type RuleTable, unary } from "../rule.js";

/** The exponent may be of another type than the base, also an integer. */
const pow: Rule = {
  broadcast: "all",
  gradients: ({ op, inputs: [a, b], gradients: [g], output, typeOf }) => {
    const exponent = typeOf(b)?.type === "float32" ? b : op.CastLike(b, a);
    return [
      op.Mul(g, op.Mul(exponent, op.Pow(a, op.Sub(exponent, op.scalar(1))))),
      op.Mul(g, op.Mul(output(0), op.Log(a))),
    ];
  },
};

/** Cast and CastLike: passes between floating types; a whole number has no gradient. */
const cast: Rule = {
  gradients: ({ op, node, inputs: [x], gradients: [g], typeOf }) => {
    const to = typeOf(node.outputs[0])?.type ?? dataTypeName(intAttribute(node, "to", 0));
    const whole = [typeOf(x)?.type, to].some((type) => type !== undefined && !type.includes("float"));
    return [whole ? undefined : op.CastLike(g, x)];
  },
};

/** Max and Min; where several operands attain it they share the gradient evenly, as in PyTorch's maximum of two. */
const extremum: Rule = {
  broadcast: "all",
  gradients: ({ op, inputs, gradients: [g], output }) => {
    if (inputs.length === 1) return [g];
    const hits = inputs.map((input) => op.Cast(op.Equal(input, output(0)), { to: dataTypes.float32 }));
    const share = op.Div(
      g,
      hits.reduce((a, b) => op.Add(a, b)),
    );
    return hits.map((hit) => op.Mul(share, hit));
  },
};

export const elementwise: RuleTable = {
  Add: binary((_op, g) => [g, g]),
  Sub: binary((op, g) => [g, op.Neg(g)]),
  Mul: binary((op, g, a, b) => [op.Mul(g, b), op.Mul(g, a)]),
  Div: binary((op, g, _a, b, y) => [op.Div(g, b), op.Neg(op.Div(op.Mul(g, y), b))]),
  Pow: pow,
  Neg: unary((op, g) => op.Neg(g)),
  Exp: unary((op, g, _x, y) => op.Mul(g, y)),
  Log: unary((op, g, x) => op.Div(g, x)),
  Sqrt: unary((op, g, _x, y) => op.Div(g, op.Mul(op.scalar(2), y))),
  Reciprocal: unary((op, g, _x, y) => op.Neg(op.Mul(g, op.Mul(y, y)))),
  /** Each element's gradient goes where the element came from; the condition has none. */
  Where: {
    broadcast: "all",
    gradients: ({ op, inputs: [condition], gradients: [g] }) => [
      undefined,
      op.Where(condition, g, op.scalar(0)),
      op.Where(condition, op.scalar(0), g),
    ],
  },
  Max: extremum,
  Min: extremum,
  Sum: { broadcast: "all", gradients: ({ inputs, gradients: [g] }) => inputs.map(() => g) },
  Mean: {
    broadcast: "all",
    gradients: ({ op, inputs, gradients: [g] }) => {
      const share = op.Div(g, op.scalar(inputs.length));
      return inputs.map(() => share);
    },
  },
  /** y = a - b · trunc(a / b), the remainder with a's sign (fmod, the only one for floats); flat between the jumps. */
  Mod: binary((op, g, a, b, y) => [g, op.Neg(op.Mul(g, op.Round(op.Div(op.Sub(a, y), b))))]),
  /** The slope at 0 is 0, as in PyTorch. */
  Abs: unary((op, g, x) => op.Mul(g, op.Sign(x))),
  Sin: unary((op, g, x) => op.Mul(g, op.Cos(x))),
  Cos: unary((op, g, x) => op.Neg(op.Mul(g, op.Sin(x)))),
  Tan: unary((op, g, _x, y) => op.Mul(g, op.Add(op.scalar(1), op.Mul(y, y)))),
  Asin: unary((op, g, x) => op.Div(g, op.Sqrt(op.Sub(op.scalar(1), op.Mul(x, x))))),
  Acos: unary((op, g, x) => op.Neg(op.Div(g, op.Sqrt(op.Sub(op.scalar(1), op.Mul(x, x)))))),
  Atan: unary((op, g, x) => op.Div(g, op.Add(op.scalar(1), op.Mul(x, x)))),
  Sinh: unary((op, g, x) => op.Mul(g, op.Cosh(x))),
  Cosh: unary((op, g, x) => op.Mul(g, op.Sinh(x))),
  Asinh: unary((op, g, x) => op.Div(g, op.Sqrt(op.Add(op.Mul(x, x), op.scalar(1))))),
  Acosh: unary((op, g, x) => op.Div(g, op.Sqrt(op.Sub(op.Mul(x, x), op.scalar(1))))),
  Atanh: unary((op, g, x) => op.Div(g, op.Sub(op.scalar(1), op.Mul(x, x)))),
  Identity: unary((_op, g) => g),
  Cast: cast,
  CastLike: cast,
  /** At inference the identity; in training mode the mask and the scale of the forward pass. */
  Dropout: {
    gradients: ({ op, inputs: [, ratio, training], gradients: [g], output }) => {
      if (training === undefined) return [g];
      const mask = op.Cast(output(1), { to: dataTypes.float32 });
      const scale = op.Div(op.scalar(1), op.Sub(op.scalar(1), ratio ?? op.scalar(0.5)));
      return [op.Mul(g, op.Mul(mask, op.Where(training, scale, op.scalar(1))))];
    },
  },
  And: flat,
  ArgMax: flat,
  ArgMin: flat,
  Bernoulli: flat,
  BitShift: flat,
  BitwiseAnd: flat,
  BitwiseNot: flat,
  BitwiseOr: flat,
  BitwiseXor: flat,
  Ceil: flat,
  Constant: flat,
  ConstantOfShape: flat,
  Equal: flat,
  EyeLike: flat,
  Floor: flat,
  Greater: flat,
  GreaterOrEqual: flat,
  IsInf: flat,
  IsNaN: flat,
  Less: flat,
  LessOrEqual: flat,
  Multinomial: flat,
  NonMaxSuppression: flat,
  NonZero: flat,
  Not: flat,
  OneHot: flat,
  Or: flat,
  RandomNormal: flat,
  RandomNormalLike: flat,
  RandomUniform: flat,
  RandomUniformLike: flat,
  Range: flat,
  Round: flat,
  Shape: flat,
  Sign: flat,
  Size: flat,
  Xor: flat,
};
