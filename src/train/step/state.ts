/** @file The state of a training as vectors: all parameters end to end, likewise moments and running statistics. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

/** A tensor's slice of a vector. */
export interface Slice {
  readonly name: Value;
  readonly dims: readonly number[];
  readonly start: number;
  readonly size: number;
}

/** The slices of a vector that holds tensors end to end. */
export interface Layout {
  readonly slices: readonly Slice[];
  readonly total: number;
}

export function layoutOf(tensors: ReadonlyMap<Value, Tensor>): Layout {
  const slices: Slice[] = [];
  let total = 0;
  for (const [name, { dims, size }] of tensors) {
    slices.push({ name, dims, start: total, size });
    total += size;
  }
  return { slices, total };
}

type State = Readonly<Record<string, Tensor>>;

/**
 * Refuses a state of other tensors than a training begins with.
 * @throws FoveaError `bad-file`
 */
export function checkState(state: State, initial: State, where = "checkpoint"): void {
  const shape = (tensor: Tensor | undefined) => (tensor ? `${tensor.type} [${tensor.dims.join(", ")}]` : "none");
  for (const name of new Set([...Object.keys(initial), ...Object.keys(state)])) {
    const [expected, got] = [shape(initial[name]), shape(state[name])];
    if (expected === got) continue;
    const what = `${where}: ${shortened(name)}: expected ${expected}, got ${got}`;
    throw new FoveaError("bad-file", `${what}, as of another network or of other data`);
  }
}

/** All tensors end to end. */
export function packTensors(tensors: ReadonlyMap<Value, Tensor>): Tensor {
  const vector = new Float32Array(layoutOf(tensors).total);
  let start = 0;
  for (const tensor of tensors.values()) {
    vector.set(floats(tensor), start);
    start += tensor.size;
  }
  return float32([vector.length], vector);
}

/** The reverse of `packTensors`, as copies. */
export function unpackTensors(vector: Tensor, { slices }: Layout): Map<Value, Tensor> {
  const values = floats(vector);
  return new Map(slices.map(({ name, dims, start, size }) => [name, float32(dims, values.slice(start, start + size))]));
}

/** Appends nodes that cut a vector into its tensors, each under its own name. */
export function splitVector(op: Builder, vector: Value, { slices }: Layout): void {
  if (slices.length === 0) return;
  const sizes = slices.map(({ size }) => size);
  const parts = op.node("Split", [vector, op.ints(sizes)], { axis: 0 }, slices.length);
  for (const [i, { name, dims }] of slices.entries()) op.layer(name, "Reshape", [at(parts, i), op.ints(dims)]);
}

/** Appends nodes that lay tensors end to end. */
export function joinVector(op: Builder, values: readonly Value[]): Value {
  const flat = values.map((value) => op.Reshape(value, op.ints([-1])));
  return flat.length === 1 ? at(flat, 0) : op.Concat(...flat, { axis: 0 });
}
