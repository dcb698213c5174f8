/** @file The graphs of a non-negative matrix factorisation: sweeps over both factors, over one of them, and what directions leave over. */

import { at } from "../../foundation/present.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";

/** Sweeps in which amounts of given directions are found: they settle after some tens. */
const amountSweeps = 100;

/**
 * Some sweeps of hierarchical alternating least squares. Inputs: `columns` [C, P], `directions` [K, C] and `amounts` [K, P], all 0 or
 * more, and `times` [], how many sweeps. Outputs: `new directions`, `new amounts`, and `error` [], the Frobenius norm of
 * columns - directionsᵀ amounts. In each sweep the amounts come first.
 * @param count K
 */
export function sweepsGraph(count: number): Graph {
  const op = new Builder(emptyGraph("sweeps"));
  const columns = op.input("columns", "float32", ["C", "P"]);
  const start = [op.input("directions", "float32", [count, "C"]), op.input("amounts", "float32", [count, "P"])];
  const times = op.input("times", "int64", []);
  const rows = op.Transpose(columns, { perm: [1, 0] });
  const [directions, amounts] = pairOf(
    appendLoop(op, times, start, (body, values) => {
      const [directions, amounts] = pairOf(values);
      const more = appendSweep(
        body,
        amounts,
        { gram: gramOf(body, directions), mixed: body.MatMul(directions, columns) },
        count,
      );
      const better = appendSweep(body, directions, { gram: gramOf(body, more), mixed: body.MatMul(more, rows) }, count);
      return [better, more];
    }),
  );
  const left = op.Sub(columns, op.MatMul(op.Transpose(directions, { perm: [1, 0] }), amounts));
  op.output(directions, "new directions");
  op.output(amounts, "new amounts");
  op.output(op.ReduceL2(left, undefined, { keepdims: 0 }), "error");
  return op.graph;
}

/**
 * The amounts of given directions: the same sweeps over one factor alone, from zeros on. Inputs: `columns` [C, P], `directions`
 * [K, C]. Output: `amounts` [K, P].
 */
export function amountsGraph(count: number): Graph {
  const op = new Builder(emptyGraph("amounts"));
  const columns = op.input("columns", "float32", ["C", "P"]);
  const directions = op.input("directions", "float32", [count, "C"]);
  const products = { gram: gramOf(op, directions), mixed: op.MatMul(directions, columns) };
  const nothing = op.Mul(products.mixed, op.scalar(0));
  const found = appendLoop(op, op.int(amountSweeps), [nothing], (body, amounts) => [
    appendSweep(body, at(amounts, 0), products, count),
  ]);
  op.output(at(found, 0), "amounts");
  return op.graph;
}

/**
 * How much of the square of each column a direction leaves over. Inputs: `columns` [C, P], `direction` [1, C] of length 1. Output:
 * `left` [P]; all of it for a direction of zeros.
 */
export function leftOverGraph(): Graph {
  const op = new Builder(emptyGraph("left over"));
  const columns = op.input("columns", "float32", ["C", "P"]);
  const along = op.MatMul(op.input("direction", "float32", [1, "C"]), columns);
  const squares = op.ReduceSumSquare(columns, op.ints([0]), { keepdims: 1 });
  op.output(op.Squeeze(op.Relu(op.Sub(squares, op.Mul(along, along))), op.ints([0])), "left");
  return op.graph;
}

function pairOf(values: readonly Value[]): readonly [directions: Value, amounts: Value] {
  return [at(values, 0), at(values, 1)];
}

/** Products for the sweep over one factor: of the other with itself, [K, K], and with the columns, [K, n]. */
interface Products {
  readonly gram: Value;
  readonly mixed: Value;
}

function gramOf(op: Builder, rows: Value): Value {
  return op.MatMul(rows, op.Transpose(rows, { perm: [1, 0] }));
}

/**
 * One sweep over the rows of a factor [K, n]: xₖ ← max(0, xₖ + (mixedₖ - gramₖ x) / gramₖₖ), each with those before it as they are
 * now. A row whose counterpart is zero stays as it is.
 */
function appendSweep(op: Builder, factor: Value, { gram, mixed }: Products, count: number): Value {
  let rows = factor;
  for (let k = 0; k < count; k++) {
    const row = (value: Value) => op.Slice(value, op.ints([k]), op.ints([k + 1]), op.ints([0]));
    const gramRow = row(gram);
    const square = op.Slice(gramRow, op.ints([k]), op.ints([k + 1]), op.ints([1]));
    const missing = op.Div(op.Sub(row(mixed), op.MatMul(gramRow, rows)), op.Max(square, op.scalar(1e-30)));
    const next = op.Where(op.Greater(square, op.scalar(0)), op.Relu(op.Add(row(rows), missing)), row(rows));
    const [before, after] = [
      op.Slice(rows, op.ints([0]), op.ints([k]), op.ints([0])),
      op.Slice(rows, op.ints([k + 1]), op.ints([count]), op.ints([0])),
    ];
    rows = op.Concat(...(k > 0 ? [before] : []), next, ...(k + 1 < count ? [after] : []), { axis: 0 });
  }
  return rows;
}

/** A loop of so many steps over values of two axes. @returns them after the last step */
function appendLoop(
  op: Builder,
  times: Value,
  start: readonly Value[],
  step: (body: Builder, values: readonly Value[]) => readonly Value[],
): Value[] {
  const body = op.inner();
  body.input(body.fresh("i"), "int64", []);
  const goesOn = body.input(body.fresh("goes on"), "bool", []);
  const next = step(
    body,
    start.map(() => body.input(body.fresh("value"), "float32", ["", ""])),
  );
  body.graph.outputs = [
    { name: body.Identity(goesOn), type: "bool", dims: [] },
    ...next.map((name) => ({ name, type: "float32", dims: ["", ""] }) as const),
  ];
  const attributes = { body: { type: "graph", value: body.graph } } as const;
  return op.node("Loop", [times, undefined, ...start], attributes, start.length);
}
