/** @file The state of a training as vectors: all parameters end to end, likewise moments and running statistics. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

/** Which slice of a vector is which tensor. */
export interface Layout {
  readonly names: readonly Value[];
  readonly dims: readonly (readonly number[])[];
  readonly sizes: readonly number[];
  readonly total: number;
}

export function layoutOf(tensors: ReadonlyMap<Value, Tensor>): Layout {
  const names = [...tensors.keys()];
  const dims = names.map((name) => (tensors.get(name) as Tensor).dims);
  const sizes = names.map((name) => (tensors.get(name) as Tensor).size);
  return { names, dims, sizes, total: sizes.reduce((a, b) => a + b, 0) };
}

/** All tensors end to end. */
export function packed(tensors: ReadonlyMap<Value, Tensor>): Tensor {
  const { names, total, sizes } = layoutOf(tensors);
  const vector = new Float32Array(total);
  let offset = 0;
  names.forEach((name, i) => {
    vector.set(floats(tensors.get(name) as Tensor), offset);
    offset += sizes[i] as number;
  });
  return float32([total], vector);
}

/** The reverse of `packed`, as copies. */
export function unpacked(vector: Tensor, layout: Layout): Map<Value, Tensor> {
  let offset = 0;
  return new Map(
    layout.names.map((name, i) => {
      const end = offset + (layout.sizes[i] as number);
      const tensor = float32(layout.dims[i] as readonly number[], floats(vector).slice(offset, end));
      offset = end;
      return [name, tensor];
    }),
  );
}

/** Appends nodes that cut a vector into its tensors, each under its own name. */
export function splitVector(op: Builder, vector: Value, layout: Layout): void {
  if (layout.names.length === 0) return;
  const parts = op.node("Split", [vector, op.ints(layout.sizes)], { axis: 0 }, layout.names.length);
  layout.names.forEach((name, i) => {
    op.layer(name, "Reshape", [parts[i] as Value, op.ints(layout.dims[i] as readonly number[])]);
  });
}

/** Appends nodes that lay tensors end to end. */
export function joinVector(op: Builder, values: readonly Value[]): Value {
  const flat = values.map((value) => op.Reshape(value, op.ints([-1])));
  return flat.length === 1 ? (flat[0] as Value) : op.Concat(...flat, { axis: 0 });
}
