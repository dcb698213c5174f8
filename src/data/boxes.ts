/** @file Boxes as files of others write them: by two corners, or by a corner and two sides. */

import { FoveaError, shortenedList } from "../foundation/error.js";
import type { Box } from "../image/picture/resize.js";

type FourNumbers = readonly [number, number, number, number];

function areFourNumbers(values: readonly unknown[]): values is FourNumbers {
  return values.length === 4 && values.every((value) => typeof value === "number" && Number.isFinite(value));
}

/** The box between two corners: left, top, right, bottom. */
export function boxBetween(corners: readonly unknown[], where: string): Box {
  if (!areFourNumbers(corners)) return boxFrom([], where, corners);
  const [left, top, right, bottom] = corners;
  return boxFrom([left, top, right - left, bottom - top], where, corners);
}

/**
 * The box of x, y, width and height.
 * @param source the values as they stand in the file, for the error
 * @throws FoveaError `bad-file` unless it is four numbers, width and height above 0
 */
export function boxFrom(sides: readonly unknown[], where: string, source = sides): Box {
  if (areFourNumbers(sides)) {
    const [x, y, width, height] = sides;
    if (width > 0 && height > 0) return { x, y, width, height };
  }
  const got = source.length > 0 ? shortenedList(source) : "none";
  throw new FoveaError("bad-file", `${where}: box: expected four numbers that span an area, got ${got}`);
}
