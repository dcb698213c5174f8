/** @file Rules of normalisation layers. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import { float as floatAttribute, int as intAttribute, ints as intsAttribute, type Value } from "../../onnx/graph.js";
import { type Backward, type Rule, type RuleTable, unary } from "../rule.js";

/** Per-channel tools for a tensor [N, C, ...] of known rank. */
function channels({ op, inputs, dims }: Backward) {
  const rank = dims(inputs[0])?.length;
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
  const { op, node, inputs, gradients } = backward;
  const [g = ""] = gradients;
  const [x, scale, , mean = "", variance = ""] = inputs;
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
  const { op, node, inputs, gradients, output } = backward;
  const [g = ""] = gradients;
  const [x = "", scale, , , variance] = inputs;
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

/** The axes from `first` to the last one. */
export function axesFrom({ op, inputs, dims }: Backward, first: number): Value {
  const [x] = inputs;
  const rank = first < 0 ? 0 : dims(x)?.length;
  if (rank !== undefined) return op.ints(Array.from({ length: rank - first }, (_, i) => first + i));
  return op.Range(op.int(first), op.Squeeze(op.Shape(op.Shape(x)), op.ints([0])), op.int(1));
}

/** x̂ = (x - mean) · inverse over some axes: the gradient of x from that of x̂. */
function centredGradient(op: Builder, gradient: Value, xHat: Value, inverse: Value, axes: Value): Value {
  const correlation = op.Mul(xHat, op.ReduceMean(op.Mul(gradient, xHat), axes));
  return op.Mul(inverse, op.Sub(op.Sub(gradient, op.ReduceMean(gradient, axes)), correlation));
}

/** Ba et al. 2016: y = scale · x̂ + bias, x̂ normalised over all axes from `axis` on. */
const layerNormalization: Rule = {
  broadcast: "all",
  gradients: (backward) => {
    const { op, node, inputs, gradients, output } = backward;
    const [[x, scale], [g]] = [inputs, gradients];
    const inverse = output(2);
    const xHat = op.Mul(op.Sub(x, output(1)), inverse);
    const axes = axesFrom(backward, intAttribute(node, "axis", -1));
    return [centredGradient(op, op.Mul(g, scale), xHat, inverse, axes), op.Mul(g, xHat), g];
  },
};

/** Zhang & Sennrich 2019: the same without the mean. */
const rmsNormalization: Rule = {
  broadcast: "all",
  gradients: (backward) => {
    const { op, node, inputs, gradients } = backward;
    const [[x, scale], [g]] = [inputs, gradients];
    const axes = axesFrom(backward, intAttribute(node, "axis", -1));
    const inverse = inverseDeviation(op, op.ReduceMean(op.Mul(x, x), axes), floatAttribute(node, "epsilon", 1e-5));
    const [xHat, scaled] = [op.Mul(x, inverse), op.Mul(g, scale)];
    const correlation = op.Mul(xHat, op.ReduceMean(op.Mul(scaled, xHat), axes));
    return [op.Mul(inverse, op.Sub(scaled, correlation)), op.Mul(g, xHat)];
  },
};

/**
 * Wu & He 2018: every group of channels of every image is normalised by itself. `layout` is a shape [N, groups,
 * channels per group, positions] and `perGroup` the scale's sizes under it; a scale may also belong to whole groups.
 */
function groupGradients(backward: Backward, layout: Value, perGroup: Value): readonly Value[] {
  const { op, node, inputs, gradients } = backward;
  const [x, scale] = inputs;
  const [parts, g] = [op.Reshape(x, layout), op.Reshape(gradients[0], layout)];
  const axes = op.ints([2, 3]);
  const centred = op.Sub(parts, op.ReduceMean(parts, axes));
  const variance = op.ReduceMean(op.Mul(centred, centred), axes);
  const inverse = inverseDeviation(op, variance, floatAttribute(node, "epsilon", 1e-5));
  const xHat = op.Mul(centred, inverse);
  const dx = centredGradient(op, op.Mul(g, op.Reshape(scale, perGroup)), xHat, inverse, axes);
  const rows = op.Concat(op.Shape(scale), op.ints([-1]), { axis: 0 });
  const perScale = (value: Value) => {
    const perChannel = op.ReduceSum(value, op.ints([0, 3]), { keepdims: 0 });
    return op.ReduceSum(op.Reshape(perChannel, rows), op.ints([1]), { keepdims: 0 });
  };
  return [op.Reshape(dx, op.Shape(x)), perScale(op.Mul(g, xHat)), perScale(g)];
}

/** Since opset 21 there is a scale and a bias for every channel, before that for every group; both are taken. */
const groupNormalization: Rule = {
  gradients: (backward) => {
    const { op, node, inputs } = backward;
    const groups = intAttribute(node, "num_groups", 1);
    const channelsPerGroup = op.Div(op.Shape(inputs[0], { start: 1, end: 2 }), op.ints([groups]));
    const layout = op.Concat(op.ints([0, groups]), channelsPerGroup, op.ints([-1]), { axis: 0 });
    return groupGradients(backward, layout, op.ints([1, groups, -1, 1]));
  },
};

const instanceNormalization: Rule = {
  gradients: (backward) => groupGradients(backward, backward.op.ints([0, 0, 1, -1]), backward.op.ints([1, -1, 1, 1])),
};

const meanVarianceNormalization: Rule = unary((op, g, x, y, node) => {
  const axes = op.ints(intsAttribute(node, "axes") ?? [0, 2, 3]);
  const centred = op.Sub(x, op.ReduceMean(x, axes));
  const deviation = op.Sqrt(op.ReduceMean(op.Mul(centred, centred), axes));
  return centredGradient(op, g, y, op.Reciprocal(deviation), axes);
});

/** y = x / ‖x‖ along an axis, with the sum of the magnitudes (p = 1) or the Euclidean norm (p = 2); 0 for a zero vector. */
const lpNormalization: Rule = unary((op, g, x, y, node) => {
  const axis = op.ints([intAttribute(node, "axis", -1)]);
  const euclidean = intAttribute(node, "p", 2) === 2;
  const norm = euclidean ? op.ReduceL2(x, axis) : op.ReduceL1(x, axis);
  const slope = euclidean ? y : op.Sign(x);
  const across = op.Sub(g, op.Mul(slope, op.ReduceSum(op.Mul(g, y), axis)));
  return op.Where(op.Greater(norm, op.scalar(0)), op.Div(across, norm), op.scalar(0));
});

/**
 * Krizhevsky et al. 2012, section 3.3: y = x · s^-beta with s = bias + alpha · (mean of x² over neighbouring channels).
 * Channels are taken as rows of an image, so that the mean is a pooling.
 */
const lrn: Rule = unary((op, g, x, _y, node) => {
  const [alpha, beta] = [floatAttribute(node, "alpha", 1e-4), floatAttribute(node, "beta", 0.75)];
  const size = intAttribute(node, "size", 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const mean = (value: Value, begin: number, end: number) =>
    op.AveragePool(value, { kernel_shape: [size, 1], pads: [begin, 0, end, 0], count_include_pad: 1 });
  const rows = op.Unsqueeze(op.Reshape(x, op.ints([0, 0, -1])), op.ints([1]));
  const gRows = op.Unsqueeze(op.Reshape(g, op.ints([0, 0, -1])), op.ints([1]));
  const squares = op.Mul(op.scalar(alpha), mean(op.Mul(rows, rows), before, after));
  const s = op.Add(op.scalar(floatAttribute(node, "bias", 1)), squares);
  const direct = op.Mul(gRows, op.Pow(s, op.scalar(-beta)));
  const neighbours = mean(op.Div(op.Mul(direct, rows), s), after, before);
  const dx = op.Sub(direct, op.Mul(op.scalar(2 * alpha * beta), op.Mul(rows, neighbours)));
  return op.Reshape(dx, op.Shape(x));
});

export const normalization: RuleTable = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  LRN: lrn,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
};
