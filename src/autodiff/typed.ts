/** @file Tells the walk the sizes of values that rules append, which no inference has seen. */

import type { Builder } from "../onnx/builder.js";
import type { Dim, Value } from "../onnx/graph.js";
import type { DataType } from "../onnx/tensor.js";

/** States the sizes of a value. */
export function sized(op: Builder, dims: readonly Dim[], value: Value, type: DataType = "float32"): Value {
  op.graph.types.set(value, { type, dims });
  return value;
}

const booleans = new Set(["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]);

/** Runs `build`, which appends operators that work element by element: what they make has these sizes, unless others are stated. */
export function typed<T>(op: Builder, dims: readonly Dim[], build: () => T): T {
  const start = op.graph.nodes.length;
  const result = build();
  for (const node of op.graph.nodes.slice(start)) {
    const type = booleans.has(node.op) ? "bool" : "float32";
    for (const value of node.outputs) if (!op.graph.types.has(value)) sized(op, dims, value, type);
  }
  return result;
}
