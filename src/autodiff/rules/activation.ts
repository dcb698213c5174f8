/** @file Rules of activation functions. */

import { floatAttribute, intAttribute } from "../../onnx/index.js";
import { type RuleTable, unary } from "../rule.js";

export const activation: RuleTable = {
  /** ReLU'(0) = 0, as in PyTorch. */
  Relu: unary((op, g, _x, y) => op.Where(op.Greater(y, op.scalar(0)), g, op.scalar(0))),
  /** The slope at 0 is alpha, as in PyTorch. */
  LeakyRelu: unary((op, g, x, _y, node) =>
    op.Where(op.Greater(x, op.scalar(0)), g, op.Mul(g, op.scalar(floatAttribute(node, "alpha", 0.01)))),
  ),
  Sigmoid: unary((op, g, _x, y) => op.Mul(g, op.Mul(y, op.Sub(op.scalar(1), y)))),
  Tanh: unary((op, g, _x, y) => op.Mul(g, op.Sub(op.scalar(1), op.Mul(y, y)))),
  /** The gradient passes at the bounds themselves, as in PyTorch's clamp; what doesn't pass belongs to the bound. */
  Clip: {
    broadcast: "all",
    gradients: ({ op, inputs: [x, min, max], gradients: [g] }) => {
      const inside = [min && op.GreaterOrEqual(x, min), max && op.LessOrEqual(x, max)].filter((c) => c !== undefined);
      return [
        inside.reduce((passed, condition) => op.Where(condition, passed, op.scalar(0)), g),
        min && op.Where(op.Less(x, min), g, op.scalar(0)),
        max && op.Where(op.Greater(x, max), g, op.scalar(0)),
      ];
    },
  },
  Softmax: unary((op, g, _x, y, node) => {
    const axis = op.ints([intAttribute(node, "axis", -1)]);
    const gy = op.Mul(g, y);
    return op.Sub(gy, op.Mul(y, op.ReduceSum(gy, axis)));
  }),
  LogSoftmax: unary((op, g, _x, y, node) => {
    const axis = op.ints([intAttribute(node, "axis", -1)]);
    return op.Sub(g, op.Mul(op.Exp(y), op.ReduceSum(g, axis)));
  }),
};
