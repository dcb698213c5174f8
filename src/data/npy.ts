/** @file NumPy's `.npy` files to tensors and back (format versions 1 to 3). */

import { FoveaError } from "../foundation/error.js";
import { type NumericType, sizeOf, Tensor } from "../onnx/tensor.js";

const descriptions = new Map<NumericType, string>([
  ["float16", "<f2"],
  ["float32", "<f4"],
  ["float64", "<f8"],
  ["int8", "|i1"],
  ["uint8", "|u1"],
  ["int16", "<i2"],
  ["uint16", "<u2"],
  ["int32", "<i4"],
  ["uint32", "<u4"],
  ["int64", "<i8"],
  ["uint64", "<u8"],
  ["bool", "|b1"],
]);

/** NumPy's own limit for a file that it was not told to trust. */
const longestHeader = 10_000;
/** NumPy's own limit, of version 2. */
const mostDims = 64;
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The array of an `.npy` file. Fortran order is turned to row-major; row-major data is shared with `bytes`, not copied.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file` when it is not an `.npy` file, cut short, or of a type that no tensor has
 */
export function readNpy(bytes: Uint8Array, where: string): Tensor {
  const fileError = (sentence: string) => new FoveaError("bad-file", `${where}: ${sentence}`);
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    const start = bytes.length === 0 ? "an empty file" : `bytes ${hex(bytes.subarray(0, magic.length))}`;
    throw fileError(`not an .npy file: expected it to begin with ${hex(magic)}, got ${start}`);
  }
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw fileError(`unknown .npy version: expected 1, 2 or 3, got ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textStart = version === 1 ? 10 : 12;
  if (bytes.length < textStart)
    throw fileError(`cut short: expected a header of ${textStart} bytes, got ${bytes.length}`);
  const textLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = textStart + textLength;
  if (textLength > longestHeader)
    throw fileError(`header too long: expected at most ${longestHeader} bytes, got ${textLength}`);
  if (bytes.length < dataStart)
    throw fileError(`cut short: expected a header of ${dataStart} bytes, got ${bytes.length}`);
  const header = new TextDecoder().decode(bytes.subarray(textStart, dataStart)).trim();
  const { description, fortran, dims } = readHeader(header, fileError);
  const type = typeOf(description, fileError);

  const empty = new Tensor(type, [0], new Uint8Array(0));
  const elementBytes = empty.data.BYTES_PER_ELEMENT;
  const data = bytes.subarray(dataStart);
  if (dims.length > mostDims) throw fileError(`too many dimensions: expected at most ${mostDims}, got ${dims.length}`);
  const expected = sizeOf(dims) * elementBytes;
  if (data.length !== expected) {
    const state = data.length < expected ? "cut short" : "too long";
    throw fileError(`${state}: expected ${expected} bytes of ${type} [${dims}], got ${data.length}`);
  }
  return new Tensor(type, dims, fortran && dims.length > 1 ? fromFortran(data, dims, elementBytes) : data);
}

/**
 * The tensor as an `.npy` file of version 1.
 * @throws FoveaError `bad-input` for bfloat16, which NumPy does not have
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  const description = descriptions.get(tensor.type);
  if (description === undefined) {
    throw new FoveaError(
      "bad-input",
      `writeNpy: type NumPy does not have: expected one of ${[...descriptions.keys()].join(", ")}, got ${tensor.type}`,
    );
  }
  const shape = tensor.dims.length === 1 ? `${tensor.dims[0]},` : tensor.dims.join(", ");
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${shape}), }`;
  // The format wants the data to begin at a multiple of 64, and the text to end in a line break.
  const dataStart = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(dataStart + tensor.bytes.length);
  bytes.set(magic);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, dataStart - 10, true);
  new TextEncoder().encodeInto(`${text.padEnd(dataStart - 11)}\n`, bytes.subarray(10));
  bytes.set(tensor.bytes, dataStart);
  return bytes;
}

type ErrorMaker = (sentence: string) => FoveaError;

/** The three entries of the Python dictionary that is the header. */
function readHeader(header: string, fileError: ErrorMaker): { description: string; fortran: boolean; dims: number[] } {
  const description = /'descr':\s*(?:'([^']*)'|(\[.*?\]))\s*,/.exec(header);
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\sL,]*)\)/.exec(header)?.[1];
  if (description === null || fortran === undefined || shape === undefined) {
    throw fileError(`unreadable header: expected 'descr', 'fortran_order' and 'shape', got ${header.slice(0, 120)}`);
  }
  const dims = shape
    .split(",")
    .filter((dim) => dim.trim() !== "")
    .map((dim) => Number.parseInt(dim, 10)); // Python 2 wrote 3L
  return { description: description[1] ?? description[2] ?? "", fortran: fortran === "True", dims };
}

function typeOf(description: string, fileError: ErrorMaker): NumericType {
  const little = description.replace(/^[=|<]?(?=[a-z]1$)/, "|").replace(/^=/, "<");
  for (const [type, text] of descriptions) if (text === little) return type;
  if (/^>[iuf][248]$/.test(description)) {
    throw fileError(
      `big-endian numbers: expected little-endian ones ('<${description.slice(1)}'), got '${description}'`,
    );
  }
  throw fileError(
    `element type no tensor has: expected one of ${[...descriptions.values()].join(", ")}, got ${description.slice(0, 80)}`,
  );
}

/** Row-major bytes of an array whose first index runs fastest. */
function fromFortran(data: Uint8Array, dims: readonly number[], elementBytes: number): Uint8Array {
  const result = new Uint8Array(data.length);
  const axes = dims.map((dim, axis) => ({ dim, stride: sizeOf(dims.slice(0, axis)) * elementBytes, index: 0 }));
  axes.reverse();
  let from = 0;
  for (let to = 0; to < data.length; to += elementBytes) {
    for (let byte = 0; byte < elementBytes; byte++) result[to + byte] = data[from + byte] as number;
    for (const axis of axes) {
      from += axis.stride;
      axis.index++;
      if (axis.index !== axis.dim) break;
      from -= axis.dim * axis.stride;
      axis.index = 0;
    }
  }
  return result;
}

function hex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
