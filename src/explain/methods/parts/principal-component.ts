/** @file The first principal component of planes, as nodes of the graph. */

import { Builder } from "../../../onnx/builder.js";
import { dimsOf, emptyGraph, type Value } from "../../../onnx/graph.js";

/** Squarings of the Gram matrix: the rest of the second principal component is (σ₂/σ₁)^(2·2¹²). */
const squarings = 12;
/** Keeps the division of nothing by nothing from being NaN. */
const tiny = 1e-30;

/**
 * [N, C, H, W] to [N, 1, H, W]: one row of C numbers per position, each channel's mean subtracted unless `centred` is false (default
 * true), projected on their first right singular vector. The sign, which the decomposition leaves open, is that of the mean over
 * the channels.
 */
export function firstComponent(op: Builder, planes: Value, { centred = true } = {}): Value {
  const flat = op.Reshape(planes, op.ints([0, 0, -1]));
  const rows = centred ? op.Sub(flat, op.ReduceMean(flat, op.ints([2]), { keepdims: 1 })) : flat;
  const direction = firstDirection(op, rows, isWide(dimsOf(op.graph, planes)));
  const mean = op.ReduceMean(flat, op.ints([1]), { keepdims: 1 });
  return asPlane(op, alike(op, op.MatMul(direction, rows), mean), planes);
}

/** Rows [N, 1, P], negated where they point away from the rows `like`. */
export function alike(op: Builder, rows: Value, like: Value): Value {
  const agreement = op.ReduceSum(op.Mul(rows, like), op.ints([2]), { keepdims: 1 });
  return op.Where(op.Less(agreement, op.scalar(0)), op.Neg(rows), rows);
}

/** [N, 1, P] to [N, 1, H, W], of the height and width of `planes`. */
export function asPlane(op: Builder, rows: Value, planes: Value): Value {
  return op.Reshape(rows, op.Concat(op.ints([0, 1]), op.Shape(planes, { start: 2 }), { axis: 0 }));
}

/** Whether there are fewer channels than positions; undefined if that is not known yet. */
function isWide([, channels, height, width]: readonly unknown[] = []): boolean | undefined {
  if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") return undefined;
  return channels < height * width;
}

/**
 * [N, C, P] to the unit vector [N, 1, C] along which it varies most, by powers of the smaller Gram matrix: that of all pixels
 * of a photo would fill the memory of any machine.
 */
export function firstDirection(op: Builder, centred: Value, wide: boolean | undefined): Value {
  const transposed = op.Transpose(centred, { perm: [0, 2, 1] });
  const byChannels = (at: Builder) => firstEigenvector(at, at.MatMul(centred, transposed));
  const byPlaces = (at: Builder) =>
    unit(at, at.MatMul(firstEigenvector(at, at.MatMul(transposed, centred)), transposed));
  if (wide !== undefined) return wide ? byChannels(op) : byPlaces(op);
  const [channels, places] = [1, 2].map((axis) => op.Gather(op.Shape(centred), op.int(axis))) as [Value, Value];
  const branch = (build: (at: Builder) => Value) => {
    const body = new Builder(emptyGraph("direction"), op.fresh("direction"));
    body.graph.outputs = [{ name: build(body), type: "float32", dims: ["", 1, ""] }];
    return { type: "graph", value: body.graph } as const;
  };
  const branches = { then_branch: branch(byChannels), else_branch: branch(byPlaces) };
  return op.node("If", [op.Less(channels, places)], branches)[0] as Value;
}

/** Symmetric positive matrices [N, M, M] to their first eigenvectors, of length 1, [N, 1, M]. */
export function firstEigenvector(op: Builder, matrix: Value): Value {
  let power = matrix;
  for (let i = 0; i < squarings; i++) {
    const scaled = op.Div(power, largest(op, power));
    power = op.MatMul(scaled, scaled);
  }
  // All rows point along the first eigenvector by now; the longest one is the most exact.
  const lengths = op.ReduceSumSquare(power, op.ints([2]), { keepdims: 0 });
  const row = op.ArgMax(lengths, { axis: 1, keepdims: 1 });
  const shape = op.Concat(op.Shape(row), op.Shape(power, { start: 2 }), { axis: 0 });
  return unit(op, op.GatherElements(power, op.Expand(op.Unsqueeze(row, op.ints([2])), shape), { axis: 1 }));
}

/** Rows [N, 1, M] of length 1; a row of zeros stays one. */
function unit(op: Builder, rows: Value): Value {
  const length = op.Sqrt(op.ReduceSumSquare(rows, op.ints([2]), { keepdims: 1 }));
  return op.Div(rows, op.Max(length, op.scalar(tiny)));
}

function largest(op: Builder, matrix: Value): Value {
  return op.Max(op.ReduceMax(op.Abs(matrix), op.ints([1, 2]), { keepdims: 1 }), op.scalar(tiny));
}
