/** @file The IDX format of the MNIST family: a magic number, sizes, and one byte a pixel or label; plain or gzipped. */

import { inputKinds } from "../../files/input/input-kinds.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import type { LabelledImages } from "../dataset.js";
import { isGzip, unzip } from "./gzip.js";

/** A file's bytes and its name in errors. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const magicNumbers = { images: 0x0803, labels: 0x0801 } as const;

/** Sizes beyond it are taken for a broken header before memory is asked for. */
const mostBytes = inputKinds.idx.most;

/**
 * Images and their labels from two IDX files.
 * @param most bytes of each, unpacked. Default a gibibyte
 * @throws FoveaError `bad-file` when one is broken or they don't belong together
 */
export async function readIdx(
  images: NamedBytes,
  labels: NamedBytes,
  most: number = mostBytes,
): Promise<LabelledImages> {
  const { pixels, count, height, width } = await readIdxImages(images.bytes, images.name, most);
  const classes = await readIdxLabels(labels.bytes, labels.name, most);
  if (classes.length !== count) {
    throw new FoveaError(
      "bad-file",
      `${labels.name}: expected ${count} labels, one for each image of ${images.name}, got ${classes.length}`,
    );
  }
  return { pixels, labels: classes, count, channels: 1, height, width };
}

/**
 * The images of an IDX file, plain or gzipped.
 * @param where the file's name in errors
 * @param most bytes when unpacked. Default a gibibyte
 * @throws FoveaError `bad-file` when it is not such a file, damaged or cut short
 */
export async function readIdxImages(
  bytes: Uint8Array,
  where: string,
  most: number = mostBytes,
): Promise<{ pixels: Uint8Array; count: number; height: number; width: number }> {
  const { dims, data } = await readBytes(bytes, "images", where, most);
  const [count = 0, height = 0, width = 0] = dims;
  return { pixels: data, count, height, width };
}

/** The labels of an IDX file, plain or gzipped; as `readIdxImages`. */
export async function readIdxLabels(bytes: Uint8Array, where: string, most: number = mostBytes): Promise<Uint8Array> {
  return (await readBytes(bytes, "labels", where, most)).data;
}

async function readBytes(
  bytes: Uint8Array,
  kind: keyof typeof magicNumbers,
  where: string,
  most: number,
): Promise<{ dims: number[]; data: Uint8Array }> {
  const magic = magicNumbers[kind];
  const fileError = (sentence: string) => new FoveaError("bad-file", `${where}: ${sentence}`);
  if (bytes.length === 0) throw fileError(`not an IDX file: expected ${kind}, got an empty file`);
  const zipped = isGzip(bytes);
  const ranks = magic & 0xff;
  const headerLength = 4 + 4 * ranks;
  const start = zipped ? await unzip(bytes, headerLength, where) : bytes;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.byteLength >= 4 && view.getUint32(0) !== magic) {
    const number = view.getUint32(0);
    const [other] = Object.entries(magicNumbers).find(([, each]) => each === number) ?? [];
    const meaning = other ? ` (${other})` : "";
    throw fileError(`not an IDX file of ${kind}: expected magic number ${hex(magic)}, got ${hex(number)}${meaning}`);
  }
  if (view.byteLength < headerLength) {
    throw fileError(`cut short: expected a header of ${headerLength} bytes, got ${view.byteLength}`);
  }
  const dims = Array.from({ length: ranks }, (_, i) => view.getUint32(4 + 4 * i));
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size === 0 || size > most) {
    throw fileError(`impossible sizes: expected 1 to ${count(most)} bytes of ${kind}, got ${dims.join(" x ")}`);
  }
  const length = headerLength + size;
  const whole = zipped ? await unzip(bytes, length + 1, where) : plain(bytes);
  if (zipped && whole.length > length)
    throw fileError(`too long: expected ${count(length)} bytes when unpacked, got more`);
  const data = whole.subarray(headerLength);
  if (data.length !== size) {
    const state = data.length < size ? "cut short" : "too long";
    throw fileError(
      `${state}: expected ${count(size)} bytes of ${kind} (${dims.join(" x ")}), got ${count(data.length)}`,
    );
  }
  return { dims, data };
}

/** Without Buffer's own methods, whose `slice` shares where Uint8Array's copies. */
const plain = (bytes: Uint8Array) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
