/** @file The principal components of rows of numbers, found by a graph of its own. */

import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { firstDirection } from "../methods/parts/principal-component.js";

/** How many components are found: one for each of red, green and blue. */
export const componentCount = 3;

/**
 * A graph from `rows`, float32 [1, C, P], a column of C numbers for each of P places, to `mean` [1, C, 1], `directions` [1, 3, C] of
 * length 1, and `shares` [3]: the share of the rows' variance along each. The k-th direction is the first right singular vector of
 * what the earlier ones leave over (deflation). Where there are fewer than three, the rest are zeros.
 * @param wide there are fewer channels than places
 */
export function directionsGraph(wide: boolean): Graph {
  const op = new Builder(emptyGraph("components"));
  const rows = op.input("rows", "float32", [1, "C", "P"]);
  const mean = op.ReduceMean(rows, op.ints([2]), { keepdims: 1 });
  const centred = op.Sub(rows, mean);
  const variance = (value: Value) => op.ReduceSumSquare(value, op.ints([0, 1, 2]), { keepdims: 0 });
  const total = op.Max(variance(centred), op.scalar(1e-30));
  const [directions, shares]: [Value[], Value[]] = [[], []];
  let rest = centred;
  for (let k = 0; k < componentCount; k++) {
    const direction = firstDirection(op, rest, wide);
    const along = op.MatMul(direction, rest);
    directions.push(direction);
    shares.push(op.Reshape(op.Div(variance(along), total), op.ints([1])));
    rest = op.Sub(rest, op.MatMul(op.Transpose(direction, { perm: [0, 2, 1] }), along));
  }
  op.output(mean, "mean");
  op.output(op.Concat(...directions, { axis: 1 }), "directions");
  op.output(op.Concat(...shares, { axis: 0 }), "shares");
  return op.graph;
}
