/** @file The grids of cells that a detector has rows for. */

/** Sides of the input, in pixels. */
interface Sides {
  readonly height: number;
  readonly width: number;
}

/** Strides of the levels, as networks have them. */
const levelsOf = [[8, 16, 32], [8, 16, 32, 64], [16, 32], [4, 8, 16, 32], [8, 16], [32], [16], [8]] as const;
/** Fewer are rows of something else. */
const fewestCells = 4;
/** Boxes of each cell. */
const anchors = [1, 3] as const;

/** The levels of a number of rows. */
export interface Grid {
  readonly strides: readonly number[];
  readonly perCell: number;
}

/** The grid with so many rows, of levels that divide the input's sides. */
export function gridOf(rows: number, size: Sides): Grid | undefined {
  const divides = (stride: number) => size.height % stride === 0 && size.width % stride === 0;
  for (const strides of levelsOf.filter((each) => each.every(divides) && cellsOf(each, size) >= fewestCells))
    for (const perCell of anchors) if (perCell * cellsOf(strides, size) === rows) return { strides, perCell };
  return undefined;
}

function cellsOf(strides: readonly number[], { height, width }: Sides): number {
  return strides.reduce((sum, stride) => sum + (height / stride) * (width / stride), 0);
}
