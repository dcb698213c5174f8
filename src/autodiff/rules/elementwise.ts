/** @file Rules of element-by-element arithmetic. */

import { dataTypeName, dataTypes, intAttribute, type Value } from "../../onnx/index.js";
import { binary, flat, type Rule, type RuleTable, unary } from "../rule.js";

/** The exponent may be of another type than the base, also an integer. */
const pow: Rule = {
  broadcast: "all",
  gradients: ({ op, inputs: [a, b], gradients: [g], output, typeOf }) => {
    const exponent = typeOf(b as Value)?.type === "float32" ? b : op.CastLike(b, a);
    return [
      op.Mul(g, op.Mul(exponent, op.Pow(a, op.Sub(exponent, op.scalar(1))))),
      op.Mul(g, op.Mul(output(0), op.Log(a))),
    ];
  },
};

/** Cast and CastLike: passes between floating types; a whole number has no gradient. */
const cast: Rule = {
  gradients: ({ op, node, inputs: [x], gradients: [g], typeOf }) => {
    const to = typeOf(node.outputs[0] as Value)?.type ?? dataTypeName(intAttribute(node, "to", 0));
    const whole = [typeOf(x as Value)?.type, to].some((type) => type !== undefined && !type.includes("float"));
    return [whole ? undefined : op.CastLike(g, x)];
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
  Abs: unary((op, g, x) => op.Mul(g, op.Sign(x))),
  Identity: unary((_op, g) => g),
  Cast: cast,
  CastLike: cast,
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
