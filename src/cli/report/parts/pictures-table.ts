/** @file The second table of a part of a report: pictures of single images, maps of the surest errors, and sums of maps. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { floatMap } from "../../../image/map/heatmap.js";
import { createPicture } from "../../../image/picture/picture.js";
import { MapSums } from "../../../report/collect/mean-map.js";
import type { MappedImage } from "../../../report/collect/observe/observation.js";
import { numbersToText, textToBytes, textToFloats } from "../../shards/base64.js";

/** `of` is an image, or of sums a label. */
export const pictureColumns = {
  kind: "string",
  model: "int32",
  of: "string",
  json: "string",
} as const satisfies Columns;

export type PictureRow = RowOf<typeof pictureColumns>;

/** The kinds of rows besides those of a gallery. */
export const sumsKind = "map-sums";
export const errorMapKind = "error-map";

export function writeMapped({ map, thumbnail, size }: MappedImage): string {
  return JSON.stringify({
    size,
    map: { ...map, values: numbersToText(map.values) },
    thumbnail: { ...thumbnail, pixels: numbersToText(thumbnail.pixels) },
  });
}

interface WrittenMapped {
  readonly size: MappedImage["size"];
  readonly map: { readonly width: number; readonly height: number; readonly values: string };
  readonly thumbnail: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly pixels: string;
  };
}

/** @throws FoveaError `bad-file`; `shape-mismatch` where numbers are missing */
export function readMapped(text: string, where: string): MappedImage {
  const value: unknown = parseJson(text);
  if (!isMapped(value)) throw notOurs(where);
  const { size, map, thumbnail } = value;
  return {
    size,
    map: floatMap(map.width, map.height, textToFloats(map.values)),
    thumbnail: createPicture(thumbnail.width, thumbnail.height, thumbnail.channels, textToBytes(thumbnail.pixels)),
  };
}

function isMapped(value: unknown): value is WrittenMapped {
  return (
    isObject(value) &&
    isObject(value.size) &&
    isObject(value.map) &&
    typeof value.map.values === "string" &&
    isObject(value.thumbnail) &&
    typeof value.thumbnail.pixels === "string"
  );
}

export function writeSums({ sizes, shapes, isGrey, isWhole }: MapSums): string {
  const written = [...sizes.values()].map(({ width, height, count, map, pixels }) => ({
    ...{ width, height, count },
    map: map.parts.map(numbersToText),
    pixels: numbersToText(pixels),
  }));
  return JSON.stringify({ isGrey, isWhole, sizes: written, shapes: [...shapes] });
}

interface WrittenSums {
  readonly isGrey: boolean;
  readonly isWhole: boolean;
  readonly sizes: readonly {
    readonly width: number;
    readonly height: number;
    readonly count: number;
    readonly map: readonly string[];
    readonly pixels: string;
  }[];
  readonly shapes: readonly (readonly [number, { readonly count: number; readonly least: number }])[];
}

/** Adds what was written to sums. @throws FoveaError `bad-file` */
export function addSums(sums: MapSums, text: string, where: string): void {
  const value: unknown = parseJson(text);
  if (!isSums(value)) throw notOurs(where);
  for (const { width, height, count, map, pixels } of value.sizes) {
    const part = new MapSums();
    const size = part.sumsOf({ width, height });
    size.count = count;
    for (const each of map) size.map.add(new Float64Array(textToBytes(each).buffer));
    size.pixels.set(new Float64Array(textToBytes(pixels).buffer));
    sums.merge(part);
  }
  for (const [bin, shapes] of value.shapes) sums.addShapes(bin, shapes);
  sums.isGrey &&= value.isGrey;
  sums.isWhole &&= value.isWhole;
}

function isSums(value: unknown): value is WrittenSums {
  return isObject(value) && Array.isArray(value.sizes) && Array.isArray(value.shapes);
}

function notOurs(where: string): FoveaError {
  return new FoveaError("bad-file", `${where}: expected what a part of a report holds, got something else`);
}
