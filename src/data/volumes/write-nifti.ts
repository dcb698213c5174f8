/** @file Volumes as NIfTI files: voxels and geometry, and no words. */

import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Affine, Volume } from "./volume.js";

const dataStart = 352;

/** float32 and a matrix, packed by gzip (`.nii.gz`); the fields for descriptions and names are blank. */
export async function writeNifti({ dims, values, affine, spacing }: Omit<Volume, "notes">): Promise<Uint8Array> {
  const [channels, slices, rows, columns] = dims;
  const bytes = Buffer.alloc(dataStart + 4 * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shorts = (at: number, numbers: readonly number[]) => {
    for (const [i, number] of numbers.entries()) view.setInt16(at + 2 * i, number, true);
  };
  const floats = (at: number, numbers: readonly number[]) => {
    for (const [i, number] of numbers.entries()) view.setFloat32(at + 4 * i, number, true);
  };
  view.setInt32(0, 348, true);
  shorts(40, [channels > 1 ? 4 : 3, columns, rows, slices, channels, 1, 1, 1]);
  shorts(70, [16, 32]); // float32
  floats(76, [1, ...(spacing?.toReversed() ?? [1, 1, 1]), 1]);
  floats(108, [dataStart, 1, 0]);
  bytes[123] = 2; // millimetres
  if (affine) {
    shorts(252, [0, 1]); // the scanner's coordinates
    floats(280, flat(affine));
  }
  bytes.write("n+1\0", 344, "latin1");
  for (let i = 0; i < values.length; i++) view.setFloat32(dataStart + 4 * i, values[i] ?? 0, true);
  return promisify(gzip)(bytes, { level: 4 });
}

function flat(affine: Affine): number[] {
  return affine.flatMap((row) => [...row]);
}
