/** @file HDF5 files through the HDF5 library itself, compiled for JavaScript and loaded when the first such file is opened. */

import type { Dataset, Metadata } from "h5wasm";
import type { ByteSource } from "../../files/input/byte-source.js";
import { inputKinds } from "../../files/input/input-kinds.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";
import { type NumericType, Tensor } from "../../onnx/tensor.js";
import { BrokenOff, Calls, type Library, noWatch, type Watch } from "./watch.js";

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
let last: Promise<unknown> = Promise.resolve();

/**
 * Opens a file for as long as `action` runs, one file at a time. Of a large file only what is asked for is read.
 * @param where begins the errors
 * @param action is run again where the computer was too busy to tell a slow reading from an endless one
 * @param watch breaks off a reading that does not end; default: none, for what is itself ended when it hangs
 * @throws FoveaError `bad-file`
 */
export function withHdf5<Result>(
  source: ByteSource,
  where: string,
  action: (file: Hdf5) => Result,
  watch: Watch = noWatch,
): Promise<Result> {
  const reading = last.then(async () => {
    for (let stretch = 1; ; stretch *= 2) {
      const calls = new Calls(watch, stretch);
      try {
        return await read(source, where, action, calls);
      } catch (error) {
        if (!(error instanceof BrokenOff)) throw error;
        if (calls.isEndless) throw endlessError(where, watch.seconds);
      }
    }
  });
  last = reading.catch(() => undefined);
  return reading;
}

function endlessError(where: string, seconds: number): FoveaError {
  const got = `got one whose reading does not end (${seconds} s)`;
  return new FoveaError("bad-file", `${where}: expected a whole HDF5 file, ${got}: save or download it again`);
}

async function read<Result>(
  source: ByteSource,
  where: string,
  action: (file: Hdf5) => Result,
  calls: Calls,
): Promise<Result> {
  const library = await calls.library();
  const module = await library.ready;
  // Else the library prints its own account of every error.
  module.activate_throwing_error_handler();
  const path = `/fovea-${count++}.h5`;
  const fileError = (got: string, cause?: unknown) =>
    new FoveaError("bad-file", `${where}: expected a whole HDF5 file, got ${got}`, { cause });
  writeView(module.FS, path, { ...source, read: (...part) => calls.read(() => source.read(...part)) });
  const budget = new Budget(source.byteLength, where);
  return calls.all(source.byteLength, () => {
    let file: File | undefined;
    try {
      file = calls.run(() => new library.File(path, "r"));
      if (file.file_id === undefined || file.file_id < 0n) throw fileError("one that is damaged, or none");
      return action(contentOf(file, library, calls, budget));
    } catch (error) {
      if (error instanceof FoveaError) throw error;
      throw fileError(`one that cannot be read (${reasonOf(error)})`, error);
    } finally {
      const open = file;
      if (open?.file_id !== undefined && open.file_id >= 0n) calls.run(() => open.close());
      module.FS.unlink(path);
    }
  });
}

/** @param budget of its arrays */
function contentOf(file: File, { Module, Group, Dataset }: Library, calls: Calls, budget: Budget): Hdf5 {
  const entityAt = (name: string) => (name === "/" ? file : file.get(name));
  return {
    attribute: (name, attribute) =>
      calls.run(() => {
        const entity = entityAt(name);
        if (!(entity instanceof Group || entity instanceof Dataset)) return undefined;
        return Object.hasOwn(entity.attrs, attribute) ? entity.attrs[attribute]?.value : undefined;
      }),
    children: (name) =>
      calls.run(() => {
        const entity = entityAt(name);
        return entity instanceof Group ? entity.keys() : undefined;
      }),
    tensor: (name) => {
      const found = calls.run(() => {
        const set = entityAt(name);
        if (!(set instanceof Dataset)) return undefined;
        const { metadata } = set;
        const type = typeOf(metadata, set.attrs.dtype?.value);
        if (type === undefined) throw budget.error(`${JSON.stringify(name)}: expected an array of numbers`);
        budget.spend(metadata, name);
        return { set, type };
      });
      if (found === undefined) return undefined;
      const { set, type } = found;
      return asFloat(new Tensor(type, set.metadata.shape ?? [], bytesOf(set, Module, calls.run)));
    },
  };
}

type File = InstanceType<Library["File"]>;
type Module = Awaited<Library["ready"]>;

/** A file of the library's own file system whose bytes are those of a source, read when the library asks for them. */
function writeView(files: Module["FS"], path: string, { byteLength, read }: ByteSource): void {
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
    throw this.error(`${expected}, got ${bytesInWords(this.#total)} with ${JSON.stringify(name.slice(-80))}`);
  }

  error(sentence: string): FoveaError {
    return new FoveaError("bad-file", `${this.#where}: ${sentence}`);
  }
}

/** Bytes that the library copies at a time: it has 2 GiB of memory for everything. */
const mostAtOnce = 2 ** 26;

/**
 * The bytes of an array. h5wasm has no half precision: they are fetched as they are.
 * @param call runs a call that copies so many bytes
 */
function bytesOf({ file_id, path, metadata }: Dataset, module: Module, call: Calls["run"]): Uint8Array {
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
      const place = count === rows ? wholeArray : partOfArray([row, ...inner.map(() => 0)], [count, ...inner]);
      call(() => module.get_dataset_data(file_id, path, ...place, BigInt(start)), count * rowLength);
      bytes.set(module.HEAPU8.subarray(start, start + count * rowLength), row * rowLength);
    }
  } finally {
    module._free(start);
  }
  return bytes;
}

/** Counts, offsets and strides as the library takes them. */
type Place = readonly [counts: bigint[] | null, offsets: bigint[] | null, strides: bigint[] | null];

const wholeArray: Place = [null, null, null];

function partOfArray(offsets: readonly number[], counts: readonly number[]): Place {
  return [counts.map(BigInt), offsets.map(BigInt), counts.map(() => 1n)];
}

/** The library's innermost reason, of a report of many lines. */
function reasonOf(error: unknown): string {
  const report = error instanceof Error ? error.message : messageOf(error);
  const [, inner] = [...report.matchAll(/\(\): (.+)/g)].at(-1) ?? [];
  const [firstLine = ""] = report.split("\n");
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
