/**
 * @file Rules of quantisation to whole numbers and back: the straight-through gradient.
 *
 * The true derivative of rounding is zero wherever it exists. As in training with simulated quantisation (Jacob et al. 2018,
 * section 3; Bengio et al. 2013, section 3) rounding counts as the identity, and elements clipped to the range of the whole
 * numbers get no gradient. Gradients of whole numbers are float32.
 */

import { FoveaError } from "../../foundation/error.js";
import { int as intAttribute, type Value } from "../../onnx/graph.js";
import { dataTypes } from "../../onnx/tensor.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** A scale or zero point, one number or one per slice along `axis`, so that it can be multiplied with x. */
function broadcastAlong({ op, node, inputs, dims }: Backward, value: Value): Value {
  const [sizes, shape] = [dims(inputs[0]), dims(value)];
  if (shape?.length === 0 || (shape?.length === 1 && shape[0] === 1)) return value;
  if (shape?.length !== 1 || sizes === undefined) {
    const form = "expected one scale, or one per slice of an input of known rank";
    throw new FoveaError("bad-graph", `node "${node.name}" (${node.op}): ${form}, got [${shape?.join(", ") ?? "?"}]`);
  }
  const axis = intAttribute(node, "axis", 1);
  const others = sizes.map((_, i) => i).filter((i) => i !== (axis < 0 ? axis + sizes.length : axis));
  return op.Unsqueeze(value, op.ints(others));
}

/** q = clip(round(x / scale) + zero point): the clipped elements get nothing. */
const quantize: Rule = {
  gradients: (backward) => {
    const { op, node, inputs, gradients, typeOf } = backward;
    const [x, scale = "", zero] = inputs;
    const type = typeOf(node.outputs[0])?.type ?? (zero && typeOf(zero)?.type) ?? "uint8";
    const range = ranges[type];
    if (range === undefined) {
      const message = `expected whole numbers of 8 or 16 bits, got ${type}`;
      throw new FoveaError("unsupported-operator", `node "${node.name}" (${node.op}): ${message}`);
    }
    const step = broadcastAlong(backward, scale);
    const rounded = op.Round(op.Div(x, step));
    const shifted = zero
      ? op.Add(rounded, op.Cast(broadcastAlong(backward, zero), { to: dataTypes.float32 }))
      : rounded;
    const inside = op.And(
      op.GreaterOrEqual(shifted, op.scalar(range[0])),
      op.LessOrEqual(shifted, op.scalar(range[1])),
    );
    return [op.Where(inside, op.Div(gradients[0], step), op.scalar(0))];
  },
};

/** x = (q - zero point) · scale. */
const dequantize: Rule = {
  gradients: (backward) => {
    const { op, inputs, gradients } = backward;
    const [, scale = ""] = inputs;
    return [op.Mul(gradients[0], broadcastAlong(backward, scale))];
  },
};

export const quantization: RuleTable = { DequantizeLinear: dequantize, QuantizeLinear: quantize };
