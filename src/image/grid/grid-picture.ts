/** @file Signals, volumes and clips as numbers that maps are drawn over. */

/** Numbers of a network's input over places of one axis or three. */
export interface GridPicture {
  readonly kind: "signal" | "volume" | "clip";
  readonly channels: number;
  /** Samples; slices, rows and columns; or frames, rows and columns. */
  readonly sizes: readonly number[];
  /** [C, ...places]; those of a clip are red, green and blue from 0 to 255. */
  readonly values: Float32Array;
  /** Size of a voxel along each axis, in mm. Default alike along all. */
  readonly spacing?: readonly number[] | undefined;
  /** The directions of a patient in which each axis begins and ends, such as I and S. Default not known. */
  readonly ends?: readonly AxisEnds[] | undefined;
}

/** Letters of directions: R and L, A and P, I and S. */
export type AxisEnds = readonly [first: string, last: string];

/** The place of the largest value among places of such sizes. */
export function placeAt(index: number, sizes: readonly number[]): number[] {
  let rest = index;
  return sizes
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = (rest - at) / size;
      return at;
    })
    .toReversed();
}

/** The place of the input that lies in the middle of a cell of a coarser map. */
export function middleOf(cell: readonly number[], cells: readonly number[], sizes: readonly number[]): number[] {
  return sizes.map((size, axis) => {
    const [at, of] = [cell[axis] ?? 0, cells[axis] ?? 1];
    return Math.min(size - 1, Math.floor(((at + 0.5) * size) / of));
  });
}

/** The cell of the largest value of a map, of a signed one by magnitude. */
export function peakCell(values: Float32Array, sizes: readonly number[], signed: boolean): number[] {
  let [best, at] = [-1, 0];
  values.forEach((value, i) => {
    const size = signed ? Math.abs(value) : value;
    if (size > best) [best, at] = [size, i];
  });
  return placeAt(at, sizes);
}
