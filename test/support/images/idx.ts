/** @file Writes IDX files for tests. */

import type { LabelledImages } from "../../../src/data/dataset.js";
import type { NamedBytes } from "../../../src/data/idx/idx.js";

/** An IDX file: magic number, sizes, data. */
export function idx(magic: number, dims: readonly number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dims.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  dims.forEach((dim, i) => view.setUint32(4 + 4 * i, dim));
  bytes.set(data, 4 + 4 * dims.length);
  return bytes;
}

/** Grey images and their labels as the two files of a set of the MNIST family. */
export function idxFiles(
  { pixels, labels, count, height, width }: LabelledImages,
  set: string,
): [images: NamedBytes, labels: NamedBytes] {
  return [
    { name: `${set}-images-idx3-ubyte`, bytes: idx(0x803, [count, height, width], pixels) },
    { name: `${set}-labels-idx1-ubyte`, bytes: idx(0x801, [count], labels) },
  ];
}
