/** @file Slices in their order along the patient, with what is wrong between them. */

import { FoveaError } from "../../../foundation/error.js";
import { count } from "../../../foundation/words.js";
import type { Affine } from "../volume.js";
import type { DicomImage, Frame } from "./dicom-image.js";

/** A slice of a series: a frame of an image. */
export interface Slice {
  readonly path: string;
  readonly image: DicomImage;
  readonly index: number;
  readonly frame: Frame;
}

/** Slices in order, and how they lie. */
export interface Stack {
  readonly slices: readonly Slice[];
  readonly spacing: readonly [number, number, number] | undefined;
  readonly affine: Affine | undefined;
  readonly notes: readonly string[];
}

type Vector = readonly [number, number, number];

/**
 * Sorts slices along the direction across them, not by the names of their files.
 * @throws FoveaError `bad-file` for slices of several sizes or directions, two at one place, and a gap where one is missing
 */
export function stackSlices(slices: readonly Slice[], where: string): Stack {
  const [first] = slices;
  if (first === undefined) throw new Error("internal: a series without slices");
  checkSizes(slices, where);
  const { across, down } = first.frame;
  const places = slices.map(({ frame }) => frame.position);
  if (across === undefined || down === undefined || places.some((place) => place === undefined))
    return byNumber(slices, first);
  checkDirections(slices, where);
  const normal = cross(across, down);
  const sorted = slices
    .map((slice, i) => ({ slice, at: dot(places[i] ?? [0, 0, 0], normal) }))
    .sort((a, b) => a.at - b.at);
  const steps = sorted.slice(1).map(({ at }, i) => at - (sorted[i]?.at ?? 0));
  const step = median(steps) ?? first.image.sliceSpacing ?? 1;
  checkSteps(steps, step, sorted[0]?.at ?? 0, where);
  const [rowStep, columnStep] = first.frame.spacing ?? [1, 1];
  const origin = sorted[0]?.slice.frame.position ?? [0, 0, 0];
  const columns = [scaled(across, columnStep), scaled(down, rowStep), scaled(normal, step), origin];
  // DICOM's x and y grow to the left and to the back.
  const affine = [-1, -1, 1].map((sign, axis) => {
    const [column = 0, row = 0, slice = 0, offset = 0] = columns.map((vector) => sign * (vector[axis] ?? 0));
    return [column, row, slice, offset] as const;
  });
  return { slices: sorted.map(({ slice }) => slice), spacing: [step, rowStep, columnStep], affine, notes: [] };
}

/** Where files do not say their place: in the order of their numbers. */
function byNumber(slices: readonly Slice[], { image, frame }: Slice): Stack {
  const sorted = slices.toSorted((a, b) => a.image.number - b.image.number || a.index - b.index);
  const [row, column] = frame.spacing ?? [];
  const { sliceSpacing } = image;
  const spacing = row && column && sliceSpacing ? ([sliceSpacing, row, column] as const) : undefined;
  const notes =
    slices.length > 1
      ? ["the files do not say where their slices lie: they are taken in the order of their numbers"]
      : [];
  return { slices: sorted, spacing, affine: undefined, notes };
}

function checkSizes(slices: readonly Slice[], where: string): void {
  const sizes = new Map<string, number>();
  for (const { image } of slices) {
    const size = `${image.rows}x${image.columns}`;
    sizes.set(size, (sizes.get(size) ?? 0) + 1);
  }
  if (sizes.size === 1) return;
  const got = [...sizes].map(([size, number]) => `${number} of ${size}`).join(", ");
  throw new FoveaError("bad-file", `${where}: expected slices of one size, got ${got}`);
}

function checkDirections(slices: readonly Slice[], where: string): void {
  const [first] = slices;
  const isAlike = ({ frame }: Slice) =>
    (["across", "down"] as const).every((name) => {
      const [a, b] = [frame[name], first?.frame[name]];
      return a !== undefined && b !== undefined && dot(a, b) > 0.999;
    });
  const others = slices.filter((slice) => !isAlike(slice)).length;
  if (others === 0) return;
  throw new FoveaError(
    "bad-file",
    `${where}: expected slices that lie alike, got ${others} of ${slices.length} in another direction, like a localiser`,
  );
}

/** How far from even steps slices may lie, as a share. */
const tolerance = 0.5;

function checkSteps(steps: readonly number[], step: number, first: number, where: string): void {
  const positionOf = (i: number) =>
    steps
      .slice(0, i)
      .reduce((sum, each) => sum + each, first)
      .toFixed(1);
  const same = steps.findIndex((each) => each < 0.01 * Math.max(step, 0.01));
  if (same >= 0 || step <= 0) {
    const at = positionOf(Math.max(0, same));
    throw new FoveaError(
      "bad-file",
      `${where}: expected one slice at each place, got several at ${at} mm: give one of the scans in it`,
    );
  }
  const gap = steps.findIndex((each) => each > (1 + tolerance) * step);
  if (gap < 0) return;
  const missing = Math.max(1, Math.round((steps[gap] ?? 0) / step) - 1);
  throw new FoveaError(
    "bad-file",
    `${where}: ${count(missing)} slice${missing > 1 ? "s are" : " is"} missing: expected one every ${Number(step.toFixed(2))} mm, got none between ${positionOf(gap)} and ${positionOf(gap + 1)} mm`,
  );
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function scaled([x, y, z]: Vector, by: number): Vector {
  return [x * by, y * by, z * by];
}
