/** @file The cells of a detector: which of them is to find an object. */

import type { Box } from "../../image/picture/resize.js";

/** A place of a level, which gives one box. */
export interface Cell {
  readonly stride: number;
  /** Its middle, in pixels of the input. */
  readonly x: number;
  readonly y: number;
}

/** The levels, with the longest side in pixels that an object of each has. */
export const levels = [
  { stride: 8, longest: 34 },
  { stride: 16, longest: 56 },
  { stride: 32, longest: Infinity },
] as const;

/** All cells, level by level and row by row: the rows of the detector's output. */
export function cellsOf({ height, width }: { readonly height: number; readonly width: number }): Cell[] {
  return levels.flatMap(({ stride }) => {
    const columns = width / stride;
    return Array.from({ length: (height / stride) * columns }, (_, i) => ({
      stride,
      x: ((i % columns) + 0.5) * stride,
      y: (Math.floor(i / columns) + 0.5) * stride,
    }));
  });
}

/** The stride of the level that finds an object. */
function strideFor({ width, height }: Box): number {
  const side = Math.max(width, height);
  return levels.find(({ longest }) => side <= longest)?.stride ?? 0;
}

/** In strides: how far from an object's middle a cell that finds it may lie. */
const reach = 1;

/**
 * Whether a cell is to find an object: one of the level for its size, near the object's middle and inside its box (centre sampling of Tian
 * et al., "FCOS", ICCV 2019).
 */
export function finds({ stride, x, y }: Cell, box: Box): boolean {
  const { x: left, y: top, width, height } = box;
  if (strideFor(box) !== stride) return false;
  const near = (at: number, from: number, length: number) =>
    Math.abs(at - (from + length / 2)) <= reach * stride && at > from && at < from + length;
  return near(x, left, width) && near(y, top, height);
}

/** The cell that an object falls to where none finds it, being too slim to hold a middle. */
export function nearestCell(cells: readonly Cell[], box: Box): number {
  const { x, y, width, height } = box;
  const stride = strideFor(box);
  const apart = ({ x: column, y: row }: Cell) => Math.hypot(column - x - width / 2, row - y - height / 2);
  let [nearest, least] = [0, Infinity];
  for (const [i, cell] of cells.entries()) {
    if (cell.stride !== stride || apart(cell) >= least) continue;
    [nearest, least] = [i, apart(cell)];
  }
  return nearest;
}
