/** @file HDF5 files through the HDF5 library itself, compiled for JavaScript and loaded when the first such file is opened. */

import type { Dataset, Metadata } from "h5wasm";
import type { ByteSource } from "../../files/input/byte-source.js";
import { inputKinds } from "../../files/input/input-kinds.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";
import { type NumericType, Tensor } from "../../onnx/tensor.js";

export interface Hdf5 {
  /** An attribute's value; undefined where there is none. @param path of a group or dataset, `/` for the file */
  attribute(path: string, name: string): unknown;
  /** Names of a group's members; undefined where there is no group of that path. */
  children(path: string): readonly string[] | undefined;
  /** Undefined where there is no dataset of that path. @throws FoveaError `bad-file` for a dataset that is no array of numbers */
  tensor(path: string): Tensor | undefined;
}

const integers = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"] as const;
const reals: Readonly<Record<number, NumericType>> = { 2: "float16", 4: "float32", 8: "float64" };

let count = 0;

/**
 * Opens a file for as long as `action` runs. Of a large file only what is asked for is read.
 * @param where begins the errors
 * @throws FoveaError `bad-file`
 */
export async function withHdf5<Result>(
  source: ByteSource,
  where: string,
  action: (file: Hdf5) => Result,
): Promise<Result> {
  const { ready, File, Group, Dataset } = await import("h5wasm");
  const module = await ready;
  // Else the library prints its own account of every error.
  module.activate_throwing_error_handler();
  const path = `/fovea-${count++}.h5`;
  const fileError = (got: string, cause?: unknown) =>
    new FoveaError("bad-file", `${where}: expected a whole HDF5 file, got ${got}`, { cause });
  writeView(module.FS, path, source);
  const budget = new Budget(source.byteLength, where);
  let file: InstanceType<typeof File> | undefined;
  try {
    file = new File(path, "r");
    if (file.file_id === undefined || file.file_id < 0n) throw fileError("one that is damaged, or none");
    const open = file;
    const entityAt = (name: string) => (name === "/" ? open : open.get(name));
    return action({
      attribute: (name, attribute) => {
        const entity = entityAt(name);
        if (!(entity instanceof Group || entity instanceof Dataset)) return undefined;
        return Object.hasOwn(entity.attrs, attribute) ? entity.attrs[attribute]?.value : undefined;
      },
      children: (name) => {
        const entity = entityAt(name);
        return entity instanceof Group ? entity.keys() : undefined;
      },
      tensor: (name) => {
        const set = entityAt(name);
        if (!(set instanceof Dataset)) return undefined;
        const type = typeOf(set.metadata, set.attrs.dtype?.value);
        if (type === undefined) throw new FoveaError("bad-file", `${where}: "${name}": expected an array of numbers`);
        budget.spend(set.metadata, name);
        return asFloat(new Tensor(type, set.metadata.shape ?? [], bytesOf(set, module)));
      },
    });
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    throw fileError(`one that cannot be read (${reasonOf(error)})`, error);
  } finally {
    if (file?.file_id !== undefined && file.file_id >= 0n) file.close();
    module.FS.unlink(path);
  }
}

type Library = Awaited<typeof import("h5wasm")["ready"]>;

/** A file of the library's own file system whose bytes are those of a source, read when the library asks for them. */
function writeView(files: Library["FS"], path: string, { byteLength, read }: ByteSource): void {
  files.writeFile(path, new Uint8Array(0));
  const { node } = files.lookupPath(path, {});
  const operations = "stream_ops" in node ? node.stream_ops : undefined;
  const view = {
    usedBytes: byteLength,
    stream_ops: {
      ...(isObject(operations) ? operations : {}),
      read(_stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
        const count = Math.max(0, Math.min(length, byteLength - position));
        if (count > 0) buffer.set(read(position, count), offset);
        return count;
      },
    },
  };
  Object.assign(node, view);
}

/** Numbers that are stored one after another cannot be more than the file; packed ones are rarely packed by more than this. */
const mostRatio = 100;
const unsuspicious = 2 ** 26;

/** What may be read of a file: it may hold one array under many names, arrays that were never written, and packed zeros. */
class Budget {
  readonly #fileLength: number;
  readonly #where: string;
  #plain = 0;
  #total = 0;

  constructor(fileLength: number, where: string) {
    this.#fileLength = fileLength;
    this.#where = where;
  }

  /** @throws FoveaError `bad-file` where an array goes beyond it */
  spend({ size, total_size: count, chunks }: Metadata, name: string): void {
    const byteLength = size * count;
    this.#total += byteLength;
    if (chunks === null) this.#plain += byteLength;
    const { most } = inputKinds.model;
    const isPlausible =
      this.#plain <= this.#fileLength &&
      this.#total <= most &&
      (this.#total <= unsuspicious || this.#total <= mostRatio * this.#fileLength);
    if (isPlausible) return;
    const expected = `expected at most ${bytesInWords(Math.min(this.#fileLength, most))} of weights`;
    const got = `got ${bytesInWords(this.#total)} with ${JSON.stringify(name.slice(-80))}`;
    throw new FoveaError("bad-file", `${this.#where}: ${expected}, ${got}`);
  }
}

/** Bytes that the library copies at a time: it has 2 GiB of memory for everything. */
const mostAtOnce = 2 ** 26;

/** The bytes of an array. h5wasm has no half precision: they are fetched as they are. */
function bytesOf({ file_id, path, metadata }: Dataset, module: Library): Uint8Array {
  const { size, total_size: total, shape } = metadata;
  const bytes = new Uint8Array(size * total);
  const [rows = 1, ...inner] = shape ?? [];
  const rowLength = rows === 0 ? 0 : bytes.length / rows;
  const step = Math.max(1, Math.min(rows, Math.floor(mostAtOnce / Math.max(1, rowLength))));
  const start = module._malloc(step * rowLength);
  if (start === 0) throw new FoveaError("bad-file", `${path}: ${step * rowLength} bytes: out of memory`);
  try {
    for (let row = 0; row < rows && bytes.length > 0; row += step) {
      const count = Math.min(step, rows - row);
      if (count === rows) module.get_dataset_data(file_id, path, null, null, null, BigInt(start));
      else {
        const counts = [count, ...inner].map(BigInt);
        const offsets = [row, ...inner.map(() => 0)].map(BigInt);
        const strides = counts.map(() => 1n);
        module.get_dataset_data(file_id, path, counts, offsets, strides, BigInt(start));
      }
      bytes.set(module.HEAPU8.subarray(start, start + count * rowLength), row * rowLength);
    }
  } finally {
    module._free(start);
  }
  return bytes;
}

/** The library's innermost reason, of a report of many lines. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const [, inner] = [...message.matchAll(/\(\): (.+)/g)].at(-1) ?? [];
  const [firstLine = ""] = message.split("\n");
  return inner ?? firstLine;
}

/** @param dtype the attribute by which Keras names the type of opaque pairs of bytes */
function typeOf({ type, size, signed, littleEndian }: Metadata, dtype: unknown): NumericType | undefined {
  if (!littleEndian && size > 1 && type < 2) return undefined;
  if (type === 0) return integers[2 * Math.log2(size) + (signed ? 0 : 1)];
  if (type === 1) return reals[size];
  return dtype === "bfloat16" && size === 2 ? "bfloat16" : undefined;
}

/** Float32, except for integers. */
function asFloat(tensor: Tensor): Tensor {
  if (tensor.type === "float16" || tensor.type === "bfloat16" || tensor.type === "float64") {
    const { data } = new Tensor("float32", tensor.dims, tensor);
    return new Tensor("float32", tensor.dims, data);
  }
  return tensor;
}
