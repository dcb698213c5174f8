/** @file HDF5 files through the HDF5 library itself, compiled for JavaScript and loaded when the first such file is opened. */

import type { Metadata } from "h5wasm";
import { FoveaError, messageOf } from "../../foundation/error.js";
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
 * Opens a file in memory for as long as `action` runs.
 * @param where begins the errors
 * @throws FoveaError `bad-file`
 */
export async function withHdf5<Result>(
  bytes: Uint8Array,
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
  module.FS.writeFile(path, bytes);
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
        const { metadata } = set;
        const type = typeOf(metadata, set.attrs.dtype?.value);
        if (type === undefined) throw new FoveaError("bad-file", `${where}: "${name}": expected an array of numbers`);
        const [width, total] = [metadata.size, metadata.total_size];
        if (width * total > 2 ** 31) throw new FoveaError("bad-file", `${where}: "${name}": expected less than 2 GiB`);
        // h5wasm has no half precision: the bytes are fetched as they are.
        const start = module._malloc(width * total);
        if (start === 0) throw new FoveaError("bad-file", `${where}: "${name}": ${width * total} bytes: out of memory`);
        try {
          module.get_dataset_data(open.file_id, set.path, null, null, null, BigInt(start));
          const data = module.HEAPU8.slice(start, start + width * total);
          return asFloat(new Tensor(type, metadata.shape ?? [], data));
        } finally {
          module._free(start);
        }
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
