/** @file Tells by a few runs whether an output holds probabilities that no softmax or sigmoid of the graph alone makes. */

import { FoveaError } from "../../foundation/error.js";
import type { Graph, Value, ValueInfo } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { numbers, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { probeImages } from "../run/probe-images.js";

/** How an output states probabilities. */
export type Statement = "probabilities" | "percentages" | "logarithms";

/** Probabilities in half precision add up to one this closely. */
const tolerance = 2e-3;

/**
 * Runs the network on noise of several ranges.
 * @returns how the output states probabilities; undefined unless all rows of all runs lie between 0 and 1 and add up to one
 */
export async function probeOutput(
  graph: Graph,
  input: ValueInfo,
  output: Value,
  runtime: Runtime,
): Promise<Statement | undefined> {
  try {
    const session = await runtime.open(prune(graph, [output]));
    try {
      const rows: Tensor[] = [];
      const count = typeof input.dims?.[0] === "number" ? input.dims[0] : 1;
      for (const range of ["normal", "unit", "pixels"] as const) {
        const image = probeImages(input.dims ?? [], count, range);
        const { [output]: result } = await session.run({ [input.name]: image });
        if (result?.type !== "float32") return undefined;
        rows.push(result);
        if (statementOf(rows) === undefined) return undefined;
      }
      return statementOf(rows);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

function statementOf(results: readonly Tensor[]): Statement | undefined {
  const rows = results.flatMap(rowsOf);
  const areShares = (values: readonly number[], whole: number) =>
    values.every((value) => value >= -tolerance * whole && value <= (1 + tolerance) * whole) &&
    Math.abs(values.reduce((sum, value) => sum + value, 0) - whole) <= tolerance * whole;
  if (rows.length === 0 || rows.some((row) => row.length < 2)) return undefined;
  if (rows.every((row) => areShares(row, 1))) return "probabilities";
  if (rows.every((row) => areShares(row, 100))) return "percentages";
  return rows.every((row) => areShares(row.map(Math.exp), 1)) ? "logarithms" : undefined;
}

function rowsOf(tensor: Tensor): number[][] {
  const [count = 1] = tensor.dims;
  const [all, width] = [numbers(tensor), tensor.size / Math.max(count, 1)];
  return Array.from({ length: count }, (_, i) => all.slice(i * width, (i + 1) * width));
}
