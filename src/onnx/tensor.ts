/** @file Tensors: a type, dimensions and little-endian bytes that are decoded when first read. */

import { FoveaError } from "../error.js";

/** Element types by ONNX's own numbers (TensorProto.DataType). Sub-byte and 8-bit float types are carried as bytes. */
export const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

export type DataType = keyof typeof dataTypes;

const names = new Map<number, DataType>(Object.entries(dataTypes).map(([name, code]) => [code, name as DataType]));

/** The name of an ONNX element type number, or undefined where it is none that can be computed with here. */
export function dataTypeName(code: number): DataType | undefined {
  return names.get(code);
}

const arrays = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bfloat16: Uint16Array,
} as const;

/** Element types that have a typed array. `float16`, `bfloat16` and `bool` appear as their raw bits. */
export type NumericType = keyof typeof arrays;
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor in row-major order. */
export class Tensor {
  readonly type: NumericType;
  readonly dims: readonly number[];
  readonly #bytes: Uint8Array;
  #data: TypedArray | undefined;

  /**
   * @param type element type
   * @param dims sizes, outermost first; `[]` is a scalar
   * @param data a typed array of that type, or the elements' little-endian bytes (at any offset: they are copied only if misaligned)
   * @throws FoveaError `shape-mismatch` when the number of elements does not fit `dims`
   */
  constructor(type: NumericType, dims: readonly number[], data: TypedArray | Uint8Array) {
    this.type = type;
    this.dims = dims;
    this.#bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (data instanceof arrays[type]) this.#data = data;
    const expected = sizeOf(dims) * arrays[type].BYTES_PER_ELEMENT;
    if (this.#bytes.byteLength !== expected) {
      throw new FoveaError(
        "shape-mismatch",
        `${type} tensor [${dims}]: expected ${expected} bytes, got ${this.#bytes.byteLength}`,
      );
    }
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.dims);
  }

  /** The elements' bytes, shared, not copied. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The elements, shared where alignment allows it. */
  get data(): TypedArray {
    if (this.#data === undefined) {
      const ArrayType = arrays[this.type];
      const aligned = this.#bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0;
      const { buffer, byteOffset } = aligned ? this.#bytes : this.#bytes.slice();
      this.#data = new ArrayType(buffer as ArrayBuffer, byteOffset, this.size);
    }
    return this.#data;
  }

  /** The same elements under other dimensions of the same product. */
  reshape(dims: readonly number[]): Tensor {
    return new Tensor(this.type, dims, this.#data ?? this.#bytes);
  }
}

/** Product of the dimensions. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** A float32 tensor. */
export function float32(dims: readonly number[], values: Float32Array | readonly number[]): Tensor {
  return new Tensor("float32", dims, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** An int64 tensor; without `dims` a vector. */
export function int64(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return new Tensor("int64", dims, BigInt64Array.from(values, BigInt));
}

/** The elements of a float32 tensor; `internal:` error for another type. */
export function floats(tensor: Tensor): Float32Array {
  if (!(tensor.data instanceof Float32Array))
    throw new Error(`internal: expected a float32 tensor, got ${tensor.type}`);
  return tensor.data;
}

/** The elements of any integer, boolean or floating tensor as numbers (float16 decoded). */
export function numbers(tensor: Tensor): number[] {
  if (tensor.type === "float16") return Array.from(tensor.data as Uint16Array, halfToNumber);
  if (tensor.type === "bfloat16") return Array.from(tensor.data as Uint16Array, bfloatToNumber);
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
