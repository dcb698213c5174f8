/** @file A DICOM file: its pixels and how they lie. No other tag is read, and none of a patient. */

import { inflateRawSync } from "node:zlib";
import type { DataSet } from "dicom-parser";
import { FoveaError } from "../../../foundation/error.js";

type Triple = readonly [number, number, number];

/** One slice: an image of a file. */
export interface Frame {
  /** Of the first voxel's middle, in mm, x to the patient's left, y to the back, z to the head; undefined where the file does not say. */
  readonly position: Triple | undefined;
  /** Directions in which columns and rows count up. */
  readonly across: Triple | undefined;
  readonly down: Triple | undefined;
  /** Distance of rows, and of columns, in mm. */
  readonly spacing: readonly [number, number] | undefined;
  readonly slope: number;
  readonly intercept: number;
}

/** A DICOM file with pixels. */
export interface DicomImage {
  readonly data: DataSet;
  /** Tells series apart, and is told to nobody. */
  readonly series: string;
  /** The place in its series by number, where nothing else tells it. */
  readonly number: number;
  readonly syntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly bits: {
    readonly allocated: number;
    readonly stored: number;
    readonly high: number;
    readonly signed: boolean;
  };
  /** What the file says of the distance of slices, in mm. */
  readonly sliceSpacing: number | undefined;
  readonly frames: readonly Frame[];
}

/** Tags, as the parser writes them. */
const tags = {
  syntax: "x00020010",
  series: "x0020000e",
  number: "x00200013",
  position: "x00200032",
  orientation: "x00200037",
  spacing: "x00280030",
  thickness: "x00180050",
  sliceSpacing: "x00180088",
  samples: "x00280002",
  photometric: "x00280004",
  frames: "x00280008",
  rows: "x00280010",
  columns: "x00280011",
  allocated: "x00280100",
  stored: "x00280101",
  high: "x00280102",
  signed: "x00280103",
  intercept: "x00281052",
  slope: "x00281053",
  pixels: "x7fe00010",
  sharedGroups: "x52009229",
  frameGroups: "x52009230",
} as const;

/** Groups of what single frames of a file with many say. */
const groups = { position: "x00209113", orientation: "x00209116", measures: "x00289110", values: "x00289145" } as const;

/** The tag of the pixels. */
export const pixelTag = tags.pixels;

/**
 * Reads a file's facts; its pixels are decoded later.
 * @returns undefined for a file without pixels, such as a report or a directory
 * @throws FoveaError `bad-file` for what is no DICOM file, colours, and pixels without sizes
 */
export async function readDicomImage(bytes: Uint8Array, where: string): Promise<DicomImage | undefined> {
  const data = await parsed(bytes, where);
  if (data.elements[tags.pixels] === undefined) return undefined;
  const number = (tag: string) => data.uint16(tag) ?? 0;
  const [rows, columns, samples] = [number(tags.rows), number(tags.columns), data.uint16(tags.samples) ?? 1];
  const photometric = data.string(tags.photometric) ?? "MONOCHROME2";
  if (samples !== 1 || !photometric.startsWith("MONOCHROME"))
    throw new FoveaError("bad-file", `${where}: expected grey pixels, got colours`);
  if (rows === 0 || columns === 0) throw new FoveaError("bad-file", `${where}: expected rows and columns, got none`);
  const allocated = number(tags.allocated) || 16;
  const stored = number(tags.stored) || allocated;
  return {
    data,
    series: data.string(tags.series) ?? "",
    number: data.intString(tags.number) ?? 0,
    syntax: data.string(tags.syntax) ?? "1.2.840.10008.1.2",
    ...{ rows, columns },
    bits: { allocated, stored, high: data.uint16(tags.high) ?? stored - 1, signed: number(tags.signed) === 1 },
    sliceSpacing: data.floatString(tags.sliceSpacing) ?? data.floatString(tags.thickness),
    frames: framesOf(data),
  };
}

async function parsed(bytes: Uint8Array, where: string): Promise<DataSet> {
  const { default: parser } = await import("./parser.js");
  try {
    return parser.parseDicom(bytes, { inflater: inflated });
  } catch {
    // The parser's own words may hold parts of the file.
    throw new FoveaError("bad-file", `${where}: expected a DICOM file, got one that cannot be read`);
  }
}

/** The file with its deflated part unpacked. */
function inflated(bytes: Uint8Array, position: number): Uint8Array {
  const rest = inflateRawSync(bytes.subarray(position), { maxOutputLength: 2 ** 30 });
  return Buffer.concat([bytes.subarray(0, position), rest]);
}

function framesOf(data: DataSet): Frame[] {
  const count = Math.max(1, data.intString(tags.frames) ?? 1);
  const shared = data.elements[tags.sharedGroups]?.items?.[0]?.dataSet;
  const perFrame = data.elements[tags.frameGroups]?.items ?? [];
  return Array.from({ length: count }, (_, i) => {
    const places = [perFrame[i]?.dataSet, shared].filter((each) => each !== undefined);
    const groupOf = (group: string) =>
      places.map((each) => each.elements[group]?.items?.[0]?.dataSet).find((each) => each !== undefined) ?? data;
    return frameOf({
      position: groupOf(groups.position),
      orientation: groupOf(groups.orientation),
      measures: groupOf(groups.measures),
      values: groupOf(groups.values),
    });
  });
}

function frameOf(from: Readonly<Record<keyof typeof groups, DataSet>>): Frame {
  const orientation = numbersOf(from.orientation, tags.orientation, 6);
  const [rowSpacing, columnSpacing] = numbersOf(from.measures, tags.spacing, 2) ?? [];
  return {
    position: triple(numbersOf(from.position, tags.position, 3)),
    across: triple(orientation?.slice(0, 3)),
    down: triple(orientation?.slice(3)),
    spacing: rowSpacing && columnSpacing ? [rowSpacing, columnSpacing] : undefined,
    slope: from.values.floatString(tags.slope) ?? 1,
    intercept: from.values.floatString(tags.intercept) ?? 0,
  };
}

function numbersOf(data: DataSet, tag: string, count: number): number[] | undefined {
  if (data.elements[tag] === undefined || (data.numStringValues(tag) ?? 0) < count) return undefined;
  const numbers = Array.from({ length: count }, (_, i) => data.floatString(tag, i) ?? Number.NaN);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

function triple([x, y, z]: readonly number[] = []): Triple | undefined {
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
