/** @file Fields of settings that other tools write, read leniently: a field of another type counts as absent. */

import type { Preprocessing, Resample } from "../../image/input/preprocessing.js";

export function numberIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function flagIn(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A list of numbers; one number counts as a list of one. */
export function numbersIn(value: unknown): readonly number[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const numbers = list.map(numberIn);
  return numbers.length > 0 && numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** A size in pixels. */
export function pixelsIn(value: unknown): number | undefined {
  const number = numberIn(value);
  return number !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** Height and width, of a list of both or of one number for both; undefined for anything else. */
export function sizeIn(value: unknown): Pick<Preprocessing, "height" | "width"> | undefined {
  const [first, second = first] = numbersIn(value) ?? [];
  const [height, width] = [pixelsIn(first), pixelsIn(second)];
  return height && width ? { height, width } : undefined;
}

/** By Pillow's numbers. */
const filters: readonly Resample[] = ["nearest", "lanczos", "linear", "cubic", "box", "hamming"];
const filterNames: Readonly<Record<string, Resample>> = { bilinear: "linear", bicubic: "cubic", antialias: "lanczos" };

/** A filter by Pillow's number or name. */
export function resampleIn(value: unknown): Pick<Preprocessing, "resample"> {
  if (typeof value === "number") {
    const resample = filters[value];
    return resample ? { resample } : {};
  }
  const name = typeof value === "string" ? value.toLowerCase() : "";
  const resample = filterNames[name] ?? filters.find((filter) => filter === name);
  return resample ? { resample } : {};
}
