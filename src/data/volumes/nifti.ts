/** @file NIfTI files (`.nii`, `.nii.gz`) to volumes: pixels and geometry alone. */

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { FoveaError } from "../../foundation/error.js";
import { type Affine, checkVoxels, mostVoxels, slopeNote, spacingOf, type Volume } from "./volume.js";

/** By the header's code: how an element is read. */
const types = new Map<
  number,
  { readonly bytes: number; readonly get: (view: DataView, at: number, little: boolean) => number }
>([
  [2, { bytes: 1, get: (view, at) => view.getUint8(at) }],
  [4, { bytes: 2, get: (view, at, little) => view.getInt16(at, little) }],
  [8, { bytes: 4, get: (view, at, little) => view.getInt32(at, little) }],
  [16, { bytes: 4, get: (view, at, little) => view.getFloat32(at, little) }],
  [64, { bytes: 8, get: (view, at, little) => view.getFloat64(at, little) }],
  [256, { bytes: 1, get: (view, at) => view.getInt8(at) }],
  [512, { bytes: 2, get: (view, at, little) => view.getUint16(at, little) }],
  [768, { bytes: 4, get: (view, at, little) => view.getUint32(at, little) }],
  [1024, { bytes: 8, get: (view, at, little) => Number(view.getBigInt64(at, little)) }],
  [1280, { bytes: 8, get: (view, at, little) => Number(view.getBigUint64(at, little)) }],
]);

/** A header of the second version takes 540 bytes. */
const headerLength = 544;

/**
 * The volume of a NIfTI file, as nibabel reads it: its array transposed, [z, y, x]; a fourth axis, and a fifth, are channels.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file` for another file, one that is cut short, and numbers of a kind that volumes do not have
 */
export async function readNifti(given: Uint8Array, where: string): Promise<Volume> {
  const bytes = isGzip(given) ? await unpacked(given, where) : given;
  const header = await headerOf(bytes, where);
  const [, columns = 1, rows = 1, slices = 1, times = 1, parts = 1, ...others] = header.dims;
  const dims = [times * parts, slices, rows, columns] as const;
  if (others.slice(0, Math.max(0, (header.dims[0] ?? 0) - 5)).some((size) => size > 1))
    throw new FoveaError("bad-file", `${where}: expected at most 5 axes, got ${header.dims[0]}`);
  checkVoxels(dims, where);
  const type = types.get(header.datatypeCode);
  if (type === undefined) {
    const expected = "expected whole or real numbers";
    throw new FoveaError(
      "bad-file",
      `${where}: ${expected}, got NIfTI's type ${header.datatypeCode}, of no plain numbers`,
    );
  }
  const size = dims.reduce((product, each) => product * each, 1);
  const [start, length] = [header.vox_offset, size * type.bytes];
  if (bytes.length < start + length)
    throw new FoveaError("bad-file", `${where}: cut short: expected ${start + length} bytes, got ${bytes.length}`);
  const isScaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  const [slope, intercept] = isScaled ? [header.scl_slope, header.scl_inter || 0] : [1, 0];
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = type.get(view, i * type.bytes, header.littleEndian) * slope + intercept;
  const affine = affineOf(bytes, header);
  const [, x = 1, y = 1, z = 1] = header.pixDims.map(Math.abs);
  const spacing = affine ? spacingOf(affine) : ([z || 1, y || 1, x || 1] as const);
  return { dims, values, spacing, affine, notes: slopeNote(slope, intercept) };
}

/** Whether a file is NIfTI or packed by gzip, by its first bytes. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function unpacked(bytes: Uint8Array, where: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: 8 * mostVoxels });
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected a NIfTI file packed by gzip, got one that does not unpack`, {
      cause,
    });
  }
}

type Header = Awaited<ReturnType<typeof headerOf>>;

async function headerOf(bytes: Uint8Array, where: string) {
  const { isNIFTI, readHeader } = await import("nifti-reader-js");
  const start = new Uint8Array(bytes.subarray(0, headerLength)).buffer;
  const refusal = new FoveaError(
    "bad-file",
    `${where}: expected a NIfTI file (.nii, .nii.gz), header and voxels in one`,
  );
  if (bytes.length < 352 || !isNIFTI(start)) throw refusal;
  try {
    return readHeader(start);
  } catch {
    throw refusal;
  }
}

/**
 * The matrix that nibabel takes: that of the scanner or a standard space where the header has one, else that of the quaternion.
 * The library prefers the other one in some files.
 */
function affineOf(bytes: Uint8Array, header: Header): Affine | undefined {
  const second = "slice_start" in header && bytes.length >= headerLength && isSecond(bytes, header.littleEndian);
  if (header.sform_code > 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const number = (i: number) =>
      second ? view.getFloat64(400 + 8 * i, header.littleEndian) : view.getFloat32(280 + 4 * i, header.littleEndian);
    return [0, 4, 8].map((i) => [number(i), number(i + 1), number(i + 2), number(i + 3)] as const);
  }
  return header.qform_code > 0 ? ofQuaternion(header) : undefined;
}

function isSecond(bytes: Uint8Array, little: boolean): boolean {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, little) === 540;
}

function ofQuaternion(header: Header): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d, pixDims } = header;
  // Rounding may leave a little less than nothing.
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const [flip = 1, x = 1, y = 1, z = 1] = pixDims;
  const depth = z * (flip < 0 ? -1 : 1);
  return [
    [(a * a + b * b - c * c - d * d) * x, 2 * (b * c - a * d) * y, 2 * (b * d + a * c) * depth, header.qoffset_x],
    [2 * (b * c + a * d) * x, (a * a + c * c - b * b - d * d) * y, 2 * (c * d - a * b) * depth, header.qoffset_y],
    [2 * (b * d - a * c) * x, 2 * (c * d + a * b) * y, (a * a + d * d - c * c - b * b) * depth, header.qoffset_z],
  ];
}
