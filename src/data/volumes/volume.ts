/** @file Volumes as medical files hold them: numbers, and where they lie. Nothing else of a file is read. */

import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";

/**
 * Where voxels lie: rows of a matrix [3, 4] that turns column, row and slice into millimetres, as NIfTI has it: x grows to the
 * patient's right, y to the front, z to the head (DICOM's x and y grow the other way).
 */
export type Affine = readonly (readonly [column: number, row: number, slice: number, offset: number])[];

/** A volume of a file, as it is stored but for the slope and intercept of its values. */
export interface Volume {
  /** [C, D, H, W]: slices, rows and columns, as nibabel's array transposed. */
  readonly dims: readonly [channels: number, slices: number, rows: number, columns: number];
  readonly values: Float32Array;
  /** Distance of slices, rows and columns, in mm; undefined where the file does not say it. */
  readonly spacing: readonly [number, number, number] | undefined;
  /** Undefined where the file does not say how the patient lies. */
  readonly affine: Affine | undefined;
  /** How its numbers were read, a plain sentence each. */
  readonly notes: readonly string[];
}

/** Where the voxels of a file lie, for maps in its place. */
export type Geometry = Pick<Volume, "affine" | "spacing"> & {
  /** Slices, rows and columns. */
  readonly sizes: readonly [number, number, number];
};

/** Voxels of a volume: a gigabyte of them. */
export const mostVoxels = 2 ** 28;

/** @throws FoveaError `bad-file` for sizes that no volume has, or more voxels than are read */
export function checkVoxels(dims: readonly number[], where: string): void {
  const voxels = dims.reduce((product, size) => product * size, 1);
  const isWhole = dims.every((size) => Number.isInteger(size) && size > 0);
  if (isWhole && voxels <= mostVoxels) return;
  throw new FoveaError(
    "bad-file",
    `${where}: expected a volume of 1 to ${count(mostVoxels)} voxels, got ${dims.join("x")}`,
  );
}

/** Distances of slices, rows and columns in a matrix. */
export function spacingOf(affine: Affine): [number, number, number] {
  const length = (axis: 0 | 1 | 2) => Math.hypot(...affine.map((row) => row[axis]));
  return [length(2), length(1), length(0)];
}

/** The directions in which slices, rows and columns begin and end, the nearest of the six. */
export function endsOf(affine: Affine): (readonly [string, string])[] {
  const letters = [
    ["L", "R"],
    ["P", "A"],
    ["I", "S"],
  ] as const;
  return ([2, 1, 0] as const).map((axis) => {
    const along = affine.map((row) => row[axis]);
    const sizes = along.map(Math.abs);
    const direction = sizes.indexOf(Math.max(...sizes));
    const [low, high] = letters[direction] ?? ["", ""];
    return (along[direction] ?? 0) < 0 ? [high, low] : [low, high];
  });
}

/** How values were made of stored numbers; nothing where they are the same. */
export function slopeNote(slope: number, intercept: number): string[] {
  return slope === 1 && intercept === 0 ? [] : [`values are ${slope} times the stored ones plus ${intercept}`];
}
