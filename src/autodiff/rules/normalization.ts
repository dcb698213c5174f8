/** @file Rules of normalisation layers. */

import { FoveaError } from "../../error.js";
import { type Builder, floatAttribute, intAttribute, type Value } from "../../onnx/index.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

/** Per-channel tools for a tensor [N, C, ...] of known rank. */
function channels({ op, inputs, dims }: Backward) {
  const rank = dims(inputs[0] as Value)?.length;
  if (rank === undefined)
    throw new FoveaError("bad-graph", `BatchNormalization of "${inputs[0]}": expected a known rank`);
  const axes = op.ints(Array.from({ length: rank }, (_, i) => i).filter((axis) => axis !== 1));
  return {
    /** [C] to [1, C, 1, ...]. */
    broadcast: (value: Value) => (rank === 1 ? value : op.Unsqueeze(value, axes)),
    /** [N, C, ...] to [C]. */
    sum: (value: Value) => op.ReduceSum(value, axes, { keepdims: 0 }),
    mean: (value: Value) => op.ReduceMean(value, axes, { keepdims: 0 }),
  };
}

function inverseDeviation(op: Builder, variance: Value, epsilon: number): Value {
  return op.Reciprocal(op.Sqrt(op.Add(variance, op.scalar(epsilon))));
}

/** y = scale · (x - mean) / sqrt(var + epsilon) + bias, with stored statistics, or with the batch's own. */
const batchNormalization: Rule = {
  gradients: (backward) => (intAttribute(backward.node, "training_mode", 0) ? training(backward) : inference(backward)),
};

function inference(backward: Backward): readonly Value[] {
  const { op, node, gradients } = backward;
  const g = gradients[0] as Value;
  const [x, scale, , mean, variance] = backward.inputs as [Value, Value, Value, Value, Value];
  const { broadcast, sum } = channels(backward);
  const inverse = inverseDeviation(op, variance, floatAttribute(node, "epsilon", 1e-5));
  const factor = op.Mul(scale, inverse);
  const total = sum(g);
  const correlation = op.Mul(sum(op.Mul(g, op.Sub(x, broadcast(mean)))), inverse);
  return [
    op.Mul(g, broadcast(factor)),
    correlation,
    total,
    op.Neg(op.Mul(total, factor)),
    op.Mul(op.scalar(-0.5), op.Mul(correlation, op.Mul(factor, inverse))),
  ];
}

/**
 * Ioffe & Szegedy 2015, section 3: with batch statistics dx = factor · (g - mean(g) - x̂ · mean(g · x̂)), written as
 * factor · g + slope · x + offset so that only three passes go over the whole tensor.
 */
function training(backward: Backward): readonly (Value | undefined)[] {
  const { op, node, gradients, output } = backward;
  const g = gradients[0] as Value;
  const [x, scale, , , variance] = backward.inputs as [Value, Value, Value, Value, Value];
  const { broadcast, sum, mean } = channels(backward);
  const statistics = () => {
    if (floatAttribute(node, "momentum", 0.9) === 0) return [output(1), output(2)] as const;
    const average = mean(x);
    const centred = op.Sub(x, broadcast(average));
    return [average, mean(op.Mul(centred, centred))] as const;
  };
  const [batchMean, batchVariance] = statistics();
  const inverse = inverseDeviation(op, batchVariance, floatAttribute(node, "epsilon", 1e-5));
  const count = op.Cast(op.Div(op.Size(x), op.Size(variance)), { to: 1 });
  const total = sum(g);
  const correlation = op.Mul(inverse, op.Sub(sum(op.Mul(g, x)), op.Mul(batchMean, total)));
  const factor = op.Mul(scale, inverse);
  const slope = op.Neg(op.Div(op.Mul(op.Mul(factor, inverse), correlation), count));
  const offset = op.Neg(op.Add(op.Mul(slope, batchMean), op.Div(op.Mul(factor, total), count)));
  const linear = op.Add(op.Mul(x, broadcast(slope)), broadcast(offset));
  return [op.Add(op.Mul(g, broadcast(factor)), linear), correlation, total, undefined, undefined];
}

export const normalization: RuleTable = { BatchNormalization: batchNormalization };
