/** @file A grid of places along one to three axes, as three: those that are not there have length 1. */

/** Lengths of the axes, the outermost first. */
export type Grid = readonly [depth: number, height: number, width: number];

export function gridOfSizes(sizes: readonly number[]): Grid {
  const [depth = 1, height = 1, width = 1] = [...Array<number>(Math.max(0, 3 - sizes.length)).fill(1), ...sizes];
  return [depth, height, width];
}

/** Calls with the places beside one: up to two along each axis. */
export function eachNeighbour([depth, height, width]: Grid, place: number, visit: (other: number) => void): void {
  const x = place % width;
  const y = Math.floor(place / width) % height;
  const z = Math.floor(place / (width * height));
  if (x > 0) visit(place - 1);
  if (x < width - 1) visit(place + 1);
  if (y > 0) visit(place - width);
  if (y < height - 1) visit(place + width);
  if (z > 0) visit(place - width * height);
  if (z < depth - 1) visit(place + width * height);
}
