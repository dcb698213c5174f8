/** @file Tensors: a type, dimensions and little-endian bytes that are decoded when first read. */

import { FoveaError } from "../foundation/error.js";

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

/** Bytes that lie in a file and are read when they are needed. */
export interface FileBytes {
  /** An absolute path. */
  readonly path: string;
  /** The first byte's place in the file. */
  readonly offset: number;
  readonly byteLength: number;
  read(): Uint8Array;
}

/** A dense tensor in row-major order. */
export class Tensor {
  readonly type: NumericType;
  readonly dims: readonly number[];
  /** Where the elements lie if they were never read from their file. */
  readonly file: FileBytes | undefined;
  /** The tensor of another type whose elements these are, each converted when it is read. */
  readonly stored: Tensor | undefined;
  readonly #bytes: Uint8Array | undefined;
  #data: TypedArray | undefined;

  /**
   * @param type element type
   * @param dims sizes, outermost first; `[]` is a scalar
   * @param data a typed array of that type; the elements' little-endian bytes (at any offset: they are copied only if
   *   misaligned), in memory or in a file; or a floating tensor whose elements are converted (to float32 only)
   * @throws FoveaError `shape-mismatch` when the number of elements does not fit `dims`
   */
  constructor(type: NumericType, dims: readonly number[], data: TypedArray | FileBytes | Tensor) {
    this.type = type;
    this.dims = dims;
    const width = data instanceof Tensor ? arrays[data.type].BYTES_PER_ELEMENT : arrays[type].BYTES_PER_ELEMENT;
    if (data instanceof Tensor) this.stored = data;
    else if (!ArrayBuffer.isView(data)) this.file = data;
    else if (data instanceof arrays[type]) this.#data = data;
    else this.#bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const expected = sizeOf(dims) * width;
    if (data.byteLength !== expected) {
      throw new FoveaError(
        "shape-mismatch",
        `${type} tensor [${dims.length > 8 ? `${dims.slice(0, 8)}, … ${dims.length} sizes` : dims}]: expected ${expected} bytes, got ${data.byteLength}`,
      );
    }
  }

  /** How many bytes the elements take where they are stored. */
  get byteLength(): number {
    return this.stored?.byteLength ?? this.size * arrays[this.type].BYTES_PER_ELEMENT;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.dims);
  }

  /** The elements' bytes, shared, not copied; read or converted where they are stored otherwise, and then not kept. */
  get bytes(): Uint8Array {
    if (this.#bytes) return this.#bytes;
    if (this.file) return this.file.read();
    const { buffer, byteOffset, byteLength } = this.data;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** The elements, shared where alignment allows it; read or converted where they are stored otherwise, and then not kept. */
  get data(): TypedArray {
    if (this.#data) return this.#data;
    if (this.stored) return Float32Array.from<number | bigint>(this.stored.data, decoder(this.stored.type));
    const bytes = this.bytes;
    const ArrayType = arrays[this.type];
    const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0;
    const { buffer, byteOffset } = aligned ? bytes : bytes.slice();
    const data = new ArrayType(buffer as ArrayBuffer, byteOffset, this.size);
    if (this.#bytes) this.#data = data;
    return data;
  }

  /** The same elements under other dimensions of the same product. */
  reshape(dims: readonly number[]): Tensor {
    return new Tensor(this.type, dims, this.stored?.reshape(dims) ?? this.file ?? this.#data ?? this.bytes);
  }
}

/** An array of zeros for so many elements of a type. */
export function emptyData(type: NumericType, size: number): TypedArray {
  return new arrays[type](size);
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
export function int64(values: ArrayLike<number>, dims: readonly number[] = [values.length]): Tensor {
  const data = new BigInt64Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = BigInt(values[i] ?? 0);
  return new Tensor("int64", dims, data);
}

/** The elements of a float32 tensor; `internal:` error for another type. */
export function floats(tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (!(data instanceof Float32Array)) throw new Error(`internal: expected a float32 tensor, got ${tensor.type}`);
  return data;
}

/** The elements of any integer, boolean or floating tensor as numbers (float16 decoded). */
export function numbers(tensor: Tensor): number[] {
  const { data } = tensor;
  const decode = decoder(tensor.type);
  const all = new Array<number>(data.length);
  for (let i = 0; i < all.length; i++) all[i] = decode(data[i] ?? 0);
  return all;
}

/** Makes a number of an element as a typed array holds it. */
function decoder(type: NumericType): (element: number | bigint) => number {
  if (type === "float16") return (bits) => halfToNumber(Number(bits));
  return type === "bfloat16" ? (bits) => bfloatToNumber(Number(bits)) : Number;
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
