/** @file Rule of RoiAlign: the picture's gradient; the regions have none, as in torchvision. */

import { FoveaError } from "../../../foundation/error.js";
import type { Builder } from "../../../onnx/builder.js";
import { string as stringAttribute, type Value } from "../../../onnx/graph.js";
import { dataTypes } from "../../../onnx/tensor.js";
import type { Backward, Rule, RuleTable } from "../../rule.js";
import { type AxisSamples, samplesAlong } from "./roi-samples.js";

const roiAlign: Rule = {
  gradients: (backward) => {
    const { node } = backward;
    const mode = stringAttribute(node, "mode", "avg");
    if (mode === "avg") return [averageGradient(backward)];
    if (mode === "max") return [maximumGradient(backward)];
    throw new FoveaError("bad-graph", `node "${node.name}" (RoiAlign): mode: expected avg or max, got ${mode}`);
  },
};

/**
 * The mean of bilinear samples on a grid is separable: y = P·x·Qᵀ for every region and channel, with P [rows, H] and
 * Q [columns, W]. So the gradient is Pᵀ·g·Q, added up over the regions of each picture by one product.
 */
function averageGradient(backward: Backward): Value {
  const { op, inputs, gradients } = backward;
  const [[x, , pictures], [g]] = [inputs, gradients];
  const [p, q] = [meanOfSamples(op, samplesAlong(backward, "y")), meanOfSamples(op, samplesAlong(backward, "x"))];
  // [R, C·rows, columns] · [R, columns, W] to [R, C, rows, W], then to [R·rows, C·W].
  const byRegion = op.Reshape(g, op.Concat(sizes(op, g, 0, 1), op.ints([-1]), sizes(op, g, 3, 4), { axis: 0 }));
  const widened = op.Reshape(op.MatMul(byRegion, q), op.Concat(sizes(op, g, 0, 3), sizes(op, x, 3, 4), { axis: 0 }));
  const rows = op.Reshape(
    op.Transpose(widened, { perm: [0, 2, 1, 3] }),
    op.Concat(op.ints([-1]), op.Mul(sizes(op, x, 1, 2), sizes(op, x, 3, 4)), { axis: 0 }),
  );
  const count = op.Squeeze(sizes(op, x, 0, 1), op.ints([0]));
  const all = op.Unsqueeze(op.Range(op.int(0), count, op.int(1)), op.ints([1]));
  const isOf = op.Cast(op.Equal(all, op.Cast(pictures, { to: dataTypes.int64 })), { to: dataTypes.float32 });
  // [N, R, rows, H] to [N, H, R·rows].
  const ofPicture = op.Mul(op.Unsqueeze(isOf, op.ints([2, 3])), p);
  const flat = op.Reshape(ofPicture, op.Concat(op.ints([0, -1]), sizes(op, x, 2, 3), { axis: 0 }));
  const summed = op.MatMul(op.Transpose(flat, { perm: [0, 2, 1] }), rows);
  const split = op.Concat(op.ints([0, 0]), sizes(op, x, 1, 2), op.ints([-1]), { axis: 0 });
  return op.Transpose(op.Reshape(summed, split), { perm: [0, 2, 1, 3] });
}

function sizes(op: Builder, value: Value | undefined, start: number, end: number): Value {
  return op.Shape(value, { start, end });
}

/** The weights of an axis' elements in the mean of the samples, [R, bins, size]: hats of width 1 around every sample. */
function meanOfSamples(op: Builder, { position, counted, count, size }: AxisSamples): Value {
  const elements = op.Cast(op.Range(op.int(0), size, op.int(1)), { to: dataTypes.float32 });
  const distance = op.Abs(op.Sub(op.Unsqueeze(position, op.ints([3])), elements));
  const hats = op.Relu(op.Sub(op.scalar(1), distance));
  const weighted = op.Mul(hats, op.Unsqueeze(op.Div(counted, count), op.ints([3])));
  return op.ReduceSum(weighted, op.ints([2]), { keepdims: 0 });
}

/**
 * onnxruntime, as the specification, takes the maximum over the weighted elements that the samples read, not over the
 * samples: the first that attains it gets the gradient, times its weight.
 */
function maximumGradient(backward: Backward): Value {
  const { op, inputs, gradients } = backward;
  const [[x, , pictures], [g]] = [inputs, gradients];
  const { index, weight, isSample } = partsOf(backward, pictures);
  const flatten = (value: Value) => op.Reshape(value, op.ints([-1]));
  const byChannel = (value: Value | undefined) =>
    op.Reshape(
      op.Transpose(value, { perm: [1, 0, 2, 3] }),
      op.Concat(sizes(op, value, 1, 2), op.ints([-1]), { axis: 0 }),
    );
  const channels = byChannel(x);
  const products = op.Mul(op.Gather(channels, index, { axis: 1 }), weight);
  const candidates = op.Where(isSample, products, op.scalar(Number.NEGATIVE_INFINITY));
  const best = op.ArgMax(candidates, { axis: 2, keepdims: 0 });
  const [places, parts] = [sizes(op, index, 0, 1), sizes(op, index, 1, 2)].map((size) =>
    op.Squeeze(size, op.ints([0])),
  );
  const chosen = op.Add(op.Mul(op.Range(op.int(0), places, op.int(1)), parts), best);
  const shares = op.Mul(byChannel(g), op.Gather(flatten(weight), chosen));
  const zeros = op.Expand(op.scalar(0), op.Shape(channels));
  const scattered = op.ScatterElements(zeros, op.Gather(flatten(index), chosen), shares, { axis: 1, reduction: "add" });
  const split = op.Concat(sizes(op, x, 1, 2), sizes(op, x, 0, 1), sizes(op, x, 2, 4), { axis: 0 });
  return op.Transpose(op.Reshape(scattered, split), { perm: [1, 0, 2, 3] });
}

/** What every bin reads, [R·rows·columns, parts]: positions among all pictures' elements, weights, and what counts as a sample. */
function partsOf(backward: Backward, pictures: Value | undefined) {
  const { op } = backward;
  const [y, x] = [samplesAlong(backward, "y"), samplesAlong(backward, "x")];
  // Axes: region, row, column, samples along y and x, the two elements along y and x.
  const [alongY, alongX] = [op.ints([2, 4, 6]), op.ints([1, 3, 5])];
  const [ofY, ofX] = [twoElements(op, y), twoElements(op, x)];
  const combine = (operator: string, part: keyof typeof ofY) =>
    op.node(operator, [op.Unsqueeze(ofY[part], alongY), op.Unsqueeze(ofX[part], alongX)])[0];
  const row = op.Mul(op.Unsqueeze(ofY.index, alongY), x.size);
  const first = op.Mul(op.Cast(pictures, { to: dataTypes.int64 }), op.Mul(y.size, x.size));
  const inPicture = op.Add(row, op.Unsqueeze(ofX.index, alongX));
  const index = op.Add(op.Unsqueeze(first, op.ints([1, 2, 3, 4, 5, 6])), inPicture);
  const shape = op.Shape(index);
  const places = op.ReduceProd(sizes(op, index, 0, 3), op.ints([0]), { keepdims: 1 });
  const flat = (value: Value) => op.Reshape(value, op.Concat(places, op.ints([-1]), { axis: 0 }));
  return {
    index: flat(index),
    weight: flat(combine("Mul", "weight")),
    isSample: flat(op.Expand(combine("And", "isSample"), shape)),
  };
}

/** The two elements between which each sample lies, and their weights: [R, bins, samples, 2]; whether it is one: [R, 1, samples, 1]. */
function twoElements(op: Builder, { position, counted, isSample, size }: AxisSamples) {
  const low = op.Floor(position);
  const fraction = op.Sub(position, low);
  const pair = (a: Value, b: Value) =>
    op.Concat(...[a, b].map((each) => op.Unsqueeze(each, op.ints([3]))), { axis: 3 });
  const index = op.Cast(low, { to: dataTypes.int64 });
  const next = op.Min(op.Add(index, op.int(1)), op.Sub(size, op.int(1)));
  const weight = pair(op.Sub(op.scalar(1), fraction), fraction);
  return {
    index: pair(index, next),
    weight: op.Mul(weight, op.Unsqueeze(counted, op.ints([3]))),
    isSample: op.Unsqueeze(isSample, op.ints([3])),
  };
}

export const regions: RuleTable = { RoiAlign: roiAlign };
