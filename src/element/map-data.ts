/** @file The data of the element's heat maps: numbers from a page's own code, from JSON, or from an `.npy` array. */

import { FoveaError, messageOf, shortened } from "../foundation/error.js";
import { parseJson } from "../foundation/parse-json.js";
import { type FloatMap, floatMap } from "../image/map/heatmap.js";
import type { Box } from "../image/picture/resize.js";
import { numbers, type Tensor } from "../onnx/tensor.js";

/** A raw map, as a page's own code or a JSON file gives it. */
export interface MapData {
  /** One number for each cell, rows from top to bottom; or a list of rows. */
  readonly values: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  /** Cells across and down. Default: those of a list of rows. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** The part of the image that the map covers, in its pixels. Default all of it. */
  readonly box?: Box | undefined;
  /** Values below zero are evidence against the class, and are shown. Default false: they count as zero. */
  readonly signed?: boolean | undefined;
  /** The value at which the colours end, for maps on one scale. Default the map's own peak. */
  readonly peak?: number | undefined;
  /** The name of the explained class or target. */
  readonly label?: string | undefined;
}

/** A map that was checked. */
export interface HeatMap extends Omit<MapData, "values" | "width" | "height"> {
  readonly map: FloatMap;
  /** The values are shares of the map's own peak, which is not known. */
  readonly relative?: boolean;
}

/** A map with its scale and its sign. */
export interface ShownMap extends HeatMap {
  readonly peak: number;
  readonly signed: boolean;
}

/**
 * @param where the map's name in errors
 * @throws FoveaError `shape-mismatch` for sizes that do not fit, `bad-input` for values that are no numbers
 */
export function heatMapOf({ values, width, height, box, ...more }: Partial<MapData>, where: string): HeatMap {
  if (typeof values !== "object" || values === null || typeof values.length !== "number")
    throw new FoveaError("bad-input", `${where}: values: expected a list of numbers, got ${describe(values)}`);
  const flat = areRows(values) ? concatenateRows(values, where) : values;
  const [columns, lines] = areRows(values) ? [flat.length / values.length, values.length] : [width, height];
  if (columns === undefined || lines === undefined)
    throw new FoveaError("shape-mismatch", `${where}: expected width and height beside values, or a list of rows`);
  try {
    return {
      ...more,
      ...(box ? { box: checkBox(box, `${where}: box`) } : {}),
      map: floatMap(columns, lines, float32Of(flat)),
    };
  } catch (error) {
    throw error instanceof FoveaError ? new FoveaError(error.code, `${where}: ${error.message}`) : error;
  }
}

function areRows(values: MapData["values"]): values is ArrayLike<ArrayLike<number>> {
  return typeof values[0] === "object" && values[0] !== null;
}

/** A copy. JSON has null where a number was NaN, and typed arrays would make a zero of it. */
function float32Of(values: ArrayLike<number>): Float32Array {
  if (ArrayBuffer.isView(values)) return new Float32Array(values);
  return Float32Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN));
}

function concatenateRows(rows: ArrayLike<ArrayLike<number>>, where: string): number[] {
  const lists = Array.from(rows, (row) => Array.from(row ?? []));
  const width = lists[0]?.length ?? 0;
  const odd = lists.findIndex((row) => row.length !== width);
  if (odd < 0) return lists.flat();
  throw new FoveaError("shape-mismatch", `${where}: row ${odd}: expected ${width} numbers, got ${lists[odd]?.length}`);
}

/** The box, if it is a rectangle. @throws FoveaError `bad-input` if it is none */
export function checkBox(box: Partial<Box>, where: string): Box {
  const { x = Number.NaN, y = Number.NaN, width = Number.NaN, height = Number.NaN } = box;
  if ([x, y, width, height].every(Number.isFinite) && width > 0 && height > 0) return { x, y, width, height };
  const given = [box.x, box.y, box.width, box.height].filter((each) => each !== undefined);
  const got = given.map(shortened).join(" ") || "nothing";
  throw new FoveaError("bad-input", `${where}: expected x, y, width and height in pixels, got ${got}`);
}

/**
 * The map in a file: JSON as `fovea explain --raw` writes it, a `MapData` or a list of rows, or an `.npy` array [..., h, w].
 * @param at which of several maps: of an array an index for each axis before the last two, zero where there is none
 * @throws FoveaError `bad-file`, and as `heatMapOf`
 */
export async function readHeatMap(bytes: Uint8Array, where: string, at: readonly number[]): Promise<HeatMap> {
  if (bytes[0] === 0x93) {
    const { readNpy } = await import("../data/npy.js");
    return heatMapOf(mapAt(readNpy(bytes, where), at, where), where);
  }
  let data: unknown;
  try {
    data = parseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = messageOf(cause)
      .replaceAll(/[\s\p{C}\uFFFD]+/gu, " ")
      .slice(0, 120);
    throw new FoveaError("bad-file", `${where}: expected JSON or an .npy array: ${reason}`, { cause });
  }
  if (Array.isArray(data)) return heatMapOf({ values: data }, where);
  if (typeof data === "object" && data !== null)
    return "maps" in data && Array.isArray(data.maps)
      ? heatMapOf(oneOf(data.maps, at, where), where)
      : heatMapOf(data, where);
  throw new FoveaError("bad-file", `${where}: expected an object with width, height and values, got ${describe(data)}`);
}

function oneOf(maps: readonly unknown[], at: readonly number[], where: string): Partial<MapData> {
  const [index = 0, ...more] = at;
  const map = maps[index];
  if (more.length === 0 && typeof map === "object" && map !== null) return map;
  throw new FoveaError("shape-mismatch", `${where}: at: expected an index below ${maps.length}, got ${at.join(", ")}`);
}

/** One map of a tensor [..., h, w]. @throws FoveaError `shape-mismatch` where it has no such map */
export function mapAt(tensor: Tensor, at: readonly number[], where: string): FloatMap {
  const { dims } = tensor;
  const [height = 0, width = 0] = dims.slice(-2);
  if (dims.length < 2) throw new FoveaError("shape-mismatch", `${where}: expected an array [..., h, w], got [${dims}]`);
  const leading = dims.slice(0, -2);
  const outside = at.length > leading.length || leading.some((size, axis) => !((at[axis] ?? 0) < size));
  if (outside)
    throw new FoveaError("shape-mismatch", `${where}: at: expected indices into [${leading}], got ${at.join(", ")}`);
  const index = leading.reduce((sum, size, axis) => sum * size + (at[axis] ?? 0), 0);
  const size = width * height;
  const all = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(numbers(tensor));
  return { width, height, values: all.subarray(index * size, (index + 1) * size) };
}

function describe(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : value === undefined ? "nothing" : typeof value;
}
