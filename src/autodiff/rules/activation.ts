/** @file Rules of activation functions. */

import { type Builder, float } from "../../onnx/builder.js";
import {
  expandedFrom,
  float as floatAttribute,
  int as intAttribute,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { dataTypes, floats } from "../../onnx/tensor.js";
import { flat, type RuleTable, unary } from "../rule.js";

/** Selu's constants (Klambauer et al. 2017), as ONNX rounds them. */
const selu = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

/** g where the condition holds, zero elsewhere. */
function where(op: Builder, condition: Value, g: Value): Value {
  return op.Where(condition, g, op.scalar(0));
}

/**
 * 1 where y > bound, else 0: a steep HardSigmoid, several times faster in onnxruntime than a comparison and a Where. The
 * slope is a power of two that makes of the smallest step above the bound at least 1 (but for subnormal y above 0).
 */
function above(op: Builder, y: Value, bound: number, sign: 1 | -1 = 1): Value {
  const slope = bound === 0 ? 2 ** 126 : 2 ** (23 - Math.floor(Math.log2(Math.abs(bound))));
  const attributes = { alpha: float(sign * slope), beta: float(-sign * slope * bound) };
  return op.node("HardSigmoid", [y], attributes)[0];
}

/** 1 where y < bound, else 0. */
const below = (op: Builder, y: Value, bound: number) => above(op, y, bound, -1);

/** `step` at a bound that is a constant; at one that is computed, by comparison. */
function stepAt(op: Builder, y: Value, bound: Value, step: typeof above | typeof below): Value {
  const constant = op.graph.initializers.get(bound);
  const value = constant?.type === "float32" ? floats(constant)[0] : undefined;
  if (value !== undefined && Number.isFinite(value)) return step(op, y, value);
  return op.Cast(step === below ? op.Less(y, bound) : op.Greater(y, bound), { to: dataTypes.float32 });
}

/** A gradient that was expanded to y's shape, as it was before: it meets a condition of that shape anyway. */
function undoExpansion(op: Builder, g: Value, y: Value): Value {
  const expansion = expandedFrom(op.graph, g);
  return expansion?.like === y ? expansion.source : g;
}

/** Φ(x) + x·φ(x) with the normal distribution Φ and its density φ. */
function gelu(op: Builder, x: Value): Value {
  const half = op.scalar(0.5);
  const distribution = op.Mul(half, op.Add(op.scalar(1), op.Erf(op.Mul(x, op.scalar(Math.SQRT1_2)))));
  const density = op.Mul(op.scalar(1 / Math.sqrt(2 * Math.PI)), op.Exp(op.Neg(op.Mul(half, op.Mul(x, x)))));
  return op.Add(distribution, op.Mul(x, density));
}

/** The derivative of x/2 · (1 + t) with t = tanh(√(2/π) · (x + 0.044715 x³)). */
function geluTanh(op: Builder, x: Value): Value {
  const [one, half, root] = [op.scalar(1), op.scalar(0.5), op.scalar(Math.sqrt(2 / Math.PI))];
  const square = op.Mul(x, x);
  const t = op.Tanh(op.Mul(op.Mul(root, x), op.Add(one, op.Mul(op.scalar(0.044715), square))));
  const inner = op.Mul(root, op.Add(one, op.Mul(op.scalar(3 * 0.044715), square)));
  const slope = op.Mul(x, op.Mul(op.Sub(one, op.Mul(t, t)), inner));
  return op.Mul(half, op.Add(op.Add(one, t), slope));
}

export const activation: RuleTable = {
  /** ReLU'(0) = 0, as in PyTorch. */
  Relu: unary((op, g, _x, y) => op.Mul(undoExpansion(op, g, y), above(op, y, 0))),
  /** The slope at 0 is alpha, as in PyTorch. */
  LeakyRelu: unary((op, g, x, _y, node) =>
    op.Where(op.Greater(x, op.scalar(0)), g, op.Mul(g, op.scalar(floatAttribute(node, "alpha", 0.01)))),
  ),
  Sigmoid: unary((op, g, _x, y) => op.Mul(g, op.Mul(y, op.Sub(op.scalar(1), y)))),
  Tanh: unary((op, g, _x, y) => op.Mul(g, op.Sub(op.scalar(1), op.Mul(y, y)))),
  /** At the bounds themselves no gradient passes, as in PyTorch's relu6 and hardtanh; there it belongs to the bound. */
  Clip: {
    broadcast: "all",
    gradients: ({ op, inputs: [, min, max], gradients: [g = ""], output }) => {
      const y = output(0);
      const inside = [min && stepAt(op, y, min, above), max && stepAt(op, y, max, below)].filter(
        (step) => step !== undefined,
      );
      return [
        inside.reduce((product, step) => op.Mul(product, step), undoExpansion(op, g, y)),
        min && op.Where(op.Equal(y, min), g, op.scalar(0)),
        max && op.Where(op.Equal(y, max), g, op.scalar(0)),
      ];
    },
  },
  Erf: unary((op, g, x) => op.Mul(g, op.Mul(op.scalar(2 / Math.sqrt(Math.PI)), op.Exp(op.Neg(op.Mul(x, x)))))),
  Gelu: unary((op, g, x, _y, node) =>
    op.Mul(g, stringAttribute(node, "approximate", "none") === "tanh" ? geluTanh(op, x) : gelu(op, x)),
  ),
  Mish: unary((op, g, x) => {
    const t = op.Tanh(op.Softplus(x));
    const slope = op.Mul(op.Mul(x, op.Sigmoid(x)), op.Sub(op.scalar(1), op.Mul(t, t)));
    return op.Mul(g, op.Add(t, slope));
  }),
  Swish: unary((op, g, x, y, node) => {
    const alpha = op.scalar(floatAttribute(node, "alpha", 1));
    const s = op.Sigmoid(op.Mul(alpha, x));
    return op.Mul(g, op.Add(s, op.Mul(op.Mul(alpha, y), op.Sub(op.scalar(1), s))));
  }),
  Softplus: unary((op, g, x) => op.Mul(g, op.Sigmoid(x))),
  Softsign: unary((op, g, x) => {
    const root = op.Add(op.scalar(1), op.Abs(x));
    return op.Div(g, op.Mul(root, root));
  }),
  /** The slope at 0 is alpha, as in PyTorch. */
  Elu: unary((op, g, x, y, node) => {
    const left = op.Add(y, op.scalar(floatAttribute(node, "alpha", 1)));
    return op.Mul(g, op.Where(op.Greater(x, op.scalar(0)), op.scalar(1), left));
  }),
  /** The slope at 0 is alpha · gamma, as in PyTorch. */
  Selu: unary((op, g, x, y, node) => {
    const [alpha, gamma] = [floatAttribute(node, "alpha", selu.alpha), floatAttribute(node, "gamma", selu.gamma)];
    return op.Mul(g, op.Where(op.Greater(x, op.scalar(0)), op.scalar(gamma), op.Add(y, op.scalar(alpha * gamma))));
  }),
  Celu: unary((op, g, x, y, node) => {
    const left = op.Add(op.Div(y, op.scalar(floatAttribute(node, "alpha", 1))), op.scalar(1));
    return op.Mul(g, op.Where(op.Greater(x, op.scalar(0)), op.scalar(1), left));
  }),
  /** Nothing passes at the threshold itself, as in PyTorch. */
  ThresholdedRelu: unary((op, g, x, _y, node) =>
    where(op, op.Greater(x, op.scalar(floatAttribute(node, "alpha", 1))), g),
  ),
  /** Nothing passes where the function is 0 or 1, as in PyTorch. */
  HardSigmoid: unary((op, g, _x, y, node) => {
    const inside = op.And(op.Greater(y, op.scalar(0)), op.Less(y, op.scalar(1)));
    return where(op, inside, op.Mul(g, op.scalar(floatAttribute(node, "alpha", 0.2))));
  }),
  /** x/3 + 1/2 between -3 and 3; the slopes at -3 and 3 themselves are those outside, 0 and 1. */
  HardSwish: unary((op, g, x) => {
    const inside = op.Add(op.Div(x, op.scalar(3)), op.scalar(0.5));
    const above = op.Where(op.Less(x, op.scalar(3)), inside, op.scalar(1));
    return op.Mul(g, where(op, op.Greater(x, op.scalar(-3)), above));
  }),
  /** The slope at 0 is the one below it, as in PyTorch. */
  PRelu: {
    broadcast: "all",
    gradients: ({ op, inputs: [x, slope], gradients: [g] }) => {
      const above = op.Greater(x, op.scalar(0));
      return [op.Where(above, g, op.Mul(g, slope)), op.Where(above, op.scalar(0), op.Mul(g, x))];
    },
  },
  Hardmax: flat,
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
