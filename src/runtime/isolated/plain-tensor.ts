/** @file Tensors as plain data, for other processes. */

import type { Value } from "../../onnx/graph.js";
import { type NumericType, Tensor } from "../../onnx/tensor.js";

export interface PlainTensor {
  readonly type: NumericType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** Tensors as plain data that shares their bytes. */
export function plainTensors(tensors: Readonly<Record<Value, Tensor>>): Record<Value, PlainTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, dims, bytes }]) => [name, { type, dims, bytes }]),
  );
}

export function tensorsFrom(plain: Readonly<Record<Value, PlainTensor>>): Record<Value, Tensor> {
  return Object.fromEntries(
    Object.entries(plain).map(([name, { type, dims, bytes }]) => [name, new Tensor(type, dims, bytes)]),
  );
}
