/** @file DICOM series, in a folder or a file with many frames, to volumes. */

import { readInput } from "../../../files/input/read-input.js";
import { FoveaError } from "../../../foundation/error.js";
import { list } from "../../../foundation/words.js";
import { checkVoxels, slopeNote, type Volume } from "../volume.js";
import { readDicomImage } from "./dicom-image.js";
import { checkSyntax, frameNumbers } from "./pixels.js";
import { type Slice, stackSlices } from "./stack.js";

/** What is read of a folder. */
export interface SeriesOptions {
  /** Which of several series, counted from 1 in the order of their sizes, the largest first. Default: there must be one alone. */
  readonly series?: number | undefined;
}

/** A slice without its pixels: of a folder only one file is in memory. */
type Found = Slice & { readonly series: string };

/**
 * The volume of a series.
 * @param paths of its files; a single one has many frames
 * @param where the folder or file in errors
 * @throws FoveaError `bad-file` for files without pixels, several series, and slices that make no volume (see `stackSlices`)
 */
export async function readSeries(
  paths: readonly string[],
  where: string,
  options: SeriesOptions = {},
): Promise<Volume> {
  const found: Found[] = [];
  let empty = 0;
  for (const path of paths) {
    const image = await readDicomImage(await readInput(path, "volume"), path);
    if (image === undefined) empty++;
    else {
      checkSyntax(image, path);
      const light = { ...image, data: { ...image.data, byteArray: new Uint8Array(), elements: {} } };
      found.push(...image.frames.map((frame, index) => ({ path, image: light, index, frame, series: image.series })));
    }
  }
  const chosen = chooseSeries(found, where, options);
  const { slices, spacing, affine, notes } = stackSlices(chosen, where);
  const { rows = 0, columns = 0 } = slices[0]?.image ?? {};
  const dims = [1, slices.length, rows, columns] as const;
  checkVoxels(dims, where);
  const values = await valuesOf(slices, rows * columns);
  const left = empty > 0 ? [`${empty} file${empty > 1 ? "s" : ""} without pixels left out`] : [];
  return { dims, values, spacing, affine, notes: [...left, ...notes, ...slopeNotes(slices)] };
}

/** The slices of the one series, or of that which the user chose. */
function chooseSeries(found: readonly Found[], where: string, { series }: SeriesOptions): readonly Found[] {
  const bySeries = new Map<string, Found[]>();
  for (const slice of found) {
    const slices = bySeries.get(slice.series) ?? [];
    slices.push(slice);
    bySeries.set(slice.series, slices);
  }
  const all = [...bySeries.values()].sort((a, b) => b.length - a.length);
  const [only] = all;
  if (only === undefined) throw new FoveaError("bad-file", `${where}: expected DICOM images, got files without pixels`);
  const sizes = all.map((slices, i) => `${i + 1} of ${slices.length} slice${slices.length > 1 ? "s" : ""}`);
  if (series === undefined) {
    if (all.length === 1) return only;
    throw new FoveaError(
      "bad-file",
      `${where}: expected one series, got ${all.length}: ${list(sizes)}: --series 1 takes the first of these`,
    );
  }
  const chosen = all[series - 1];
  if (chosen) return chosen;
  throw new FoveaError("bad-file", `${where}: --series ${series}: expected 1 to ${all.length}: ${list(sizes)}`);
}

/** Each file is read again for its pixels; its frames follow each other in no order that matters. */
async function valuesOf(slices: readonly Slice[], size: number): Promise<Float32Array> {
  const values = new Float32Array(slices.length * size);
  const byPath = new Map<string, { readonly slice: Slice; readonly to: number }[]>();
  for (const [to, slice] of slices.entries())
    byPath.set(slice.path, [...(byPath.get(slice.path) ?? []), { slice, to }]);
  for (const [path, those] of byPath) {
    const image = await readDicomImage(await readInput(path, "volume"), path);
    if (image === undefined) throw new FoveaError("bad-file", `${path}: changed while it was read`);
    for (const { slice, to } of those) {
      const numbers = await frameNumbers(image, slice.index, path);
      const { slope, intercept } = slice.frame;
      for (let i = 0; i < size; i++) values[to * size + i] = (numbers[i] ?? 0) * slope + intercept;
    }
  }
  return values;
}

function slopeNotes(slices: readonly Slice[]): string[] {
  const first = slices[0]?.frame;
  if (first === undefined) return [];
  const isSame = slices.every(({ frame }) => frame.slope === first.slope && frame.intercept === first.intercept);
  return isSame
    ? slopeNote(first.slope, first.intercept)
    : ["values are scaled as each slice's slope and intercept say"];
}
