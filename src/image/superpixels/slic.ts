/** @file Superpixels by SLIC. */

import { at } from "../../foundation/present.js";
import { connected, type Superpixels } from "./connect.js";
import { type Grid, gridOfSizes } from "./grid.js";

export interface SlicOptions {
  /** About how many superpixels. */
  readonly count: number;
  /** How much distances between places weigh beside those between colours: larger values make squarer superpixels, and their number nearer to what is asked for. Default 30. */
  readonly compactness?: number;
  /** Default 10. */
  readonly iterations?: number;
}

/** The clusters of places: means of their colours and places. */
interface Clusters {
  /** [clusters · channels]. */
  readonly colours: Float64Array;
  /** Depth, row and column of each, [clusters · 3]. */
  readonly places: Float64Array;
  readonly count: number;
}

/** What is clustered. */
interface Pixels {
  readonly colours: Float32Array;
  readonly channels: number;
  readonly grid: Grid;
}

/**
 * Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", IEEE TPAMI 2012: k-means of colours and places
 * with D² = d_c² + (d_s / S)² m² (eq. 3), where S is the side of a superpixel and m the compactness. It begins with a regular grid;
 * each centre looks at the places within S. As in scikit-image a centre is not moved to the lowest gradient beside it before. Pieces
 * smaller than a quarter of a superpixel then join a neighbour, as in the authors' code, which leaves about as many superpixels as
 * were asked for, each of them connected.
 * @param colours of each place one behind the other, [places · channels], in units in which 100 is the whole range, as in CIELAB
 * @param sizes of one to three axes
 */
export function slic(colours: Float32Array, sizes: readonly number[], options: SlicOptions): Superpixels {
  const { count, compactness = 30, iterations = 10 } = options;
  const grid = gridOfSizes(sizes);
  const total = grid[0] * grid[1] * grid[2];
  const pixels: Pixels = { colours, channels: colours.length / total, grid };
  const side = (total / Math.min(count, total)) ** (1 / sizes.filter((size) => size > 1).length || 1);
  const cells = cellsOf(grid, Math.min(count, total), side);
  const labels = labelsOfCells(grid, cells);
  const clusters = emptyClusters(cells[0] * cells[1] * cells[2], pixels.channels);
  for (let i = 0; i < iterations; i++) {
    moveCentres(clusters, pixels, labels);
    assign(clusters, pixels, labels, { side, weight: (compactness / side) ** 2 });
  }
  return connected(labels, grid, total / clusters.count / 4);
}

/** How many cells along each axis: those nearest to squares that are nearest in number to what is asked for. */
function cellsOf(grid: Grid, count: number, side: number): Grid {
  const choices = grid.map((size) => [Math.floor(size / side), Math.ceil(size / side)].map((n) => Math.max(1, n)));
  const [depths = [], heights = [], widths = []] = choices;
  let best: Grid = [1, 1, 1];
  for (const depth of depths)
    for (const height of heights)
      for (const width of widths) {
        const off = (cells: Grid) => Math.abs(cells[0] * cells[1] * cells[2] - count);
        if (off([depth, height, width]) < off(best)) best = [depth, height, width];
      }
  return best;
}

function labelsOfCells([depth, height, width]: Grid, [deep, high, wide]: Grid): Int32Array {
  const labels = new Int32Array(depth * height * width);
  let place = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++) {
      const row = Math.floor((z * deep) / depth) * high + Math.floor((y * high) / height);
      for (let x = 0; x < width; x++) labels[place++] = row * wide + Math.floor((x * wide) / width);
    }
  return labels;
}

function emptyClusters(count: number, channels: number): Clusters {
  return { colours: new Float64Array(count * channels), places: new Float64Array(count * 3), count };
}

/** To the mean of their places; a cluster without any stays where it is. */
function moveCentres(clusters: Clusters, { colours, channels, grid }: Pixels, labels: Int32Array): void {
  const sums = emptyClusters(clusters.count, channels);
  const members = new Float64Array(clusters.count);
  let place = 0;
  for (let z = 0; z < grid[0]; z++)
    for (let y = 0; y < grid[1]; y++)
      for (let x = 0; x < grid[2]; x++, place++) {
        const label = labels[place] ?? 0;
        add(members, label, 1);
        add(sums.places, label * 3, z);
        add(sums.places, label * 3 + 1, y);
        add(sums.places, label * 3 + 2, x);
        for (let c = 0; c < channels; c++) add(sums.colours, label * channels + c, colours[place * channels + c] ?? 0);
      }
  for (let i = 0; i < clusters.count; i++) {
    const size = at(members, i);
    if (size === 0) continue;
    for (let c = 0; c < channels; c++) clusters.colours[i * channels + c] = at(sums.colours, i * channels + c) / size;
    for (let axis = 0; axis < 3; axis++) clusters.places[i * 3 + axis] = at(sums.places, i * 3 + axis) / size;
  }
}

function add(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** Each place to the nearest of the centres within a superpixel's side of it; one that none is near keeps its cluster. */
function assign(
  { colours: centres, places, count }: Clusters,
  { colours, channels, grid }: Pixels,
  labels: Int32Array,
  { side, weight }: { readonly side: number; readonly weight: number },
): void {
  const [, height, width] = grid;
  const nearest = new Float32Array(labels.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < count; i++) {
    const centre = [at(places, i * 3), at(places, i * 3 + 1), at(places, i * 3 + 2)] as const;
    const first = centre.map((value) => Math.max(0, Math.ceil(value - side)));
    const last = centre.map((value, axis) => Math.min(at(grid, axis) - 1, Math.floor(value + side)));
    const [left, right] = [at(first, 2), at(last, 2)];
    const colour = centres.subarray(i * channels, (i + 1) * channels);
    for (let z = at(first, 0); z <= at(last, 0); z++)
      for (let y = at(first, 1); y <= at(last, 1); y++) {
        const across = (z - centre[0]) ** 2 + (y - centre[1]) ** 2;
        const row = (z * height + y) * width;
        for (let place = row + left; place <= row + right; place++) {
          const along = place - row - centre[2];
          let distance = weight * (across + along * along);
          for (let c = 0; c < channels; c++) {
            const off = (colours[place * channels + c] ?? 0) - (colour[c] ?? 0);
            distance += off * off;
          }
          if (distance < (nearest[place] ?? 0)) {
            nearest[place] = distance;
            labels[place] = i;
          }
        }
      }
  }
}
