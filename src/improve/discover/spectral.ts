/** @file Spectral clustering of points, as SpRAy clusters maps. */

import { kmeans } from "ml-kmeans";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { at } from "../../foundation/present.js";

export interface SpectralOptions {
  /** The largest number of clusters. Default 4. */
  readonly most?: number;
  readonly seed: number;
}

/** Neighbours that a point is tied to at least. */
const fewestNeighbours = 5;

/**
 * The cluster of each point, 0 to their number - 1: k-means on the first eigenvectors of the normalised Laplacian of the graph of
 * nearest neighbours, their number where the gap between eigenvalues is largest (Ng, Jordan and Weiss 2001; von Luxburg 2007;
 * on maps: Lapuschkin et al., Nature Communications 2019).
 */
export function spectralClusters(points: readonly ArrayLike<number>[], { most = 4, seed }: SpectralOptions): number[] {
  const count = points.length;
  if (count < 2 * fewestNeighbours) return Array(count).fill(0);
  const { vectors, values } = laplacianSpectrum(points);
  const clusters = widestGap(values.slice(0, Math.min(most + 1, count)));
  if (clusters < 2) return Array(count).fill(0);
  const rows = Array.from({ length: count }, (_, i) => {
    const row = Array.from({ length: clusters }, (_, k) => vectors.get(i, k));
    const norm = Math.hypot(...row);
    return norm > 0 ? row.map((value) => value / norm) : row;
  });
  return kmeans(rows, clusters, { seed }).clusters;
}

/** Eigenvectors and eigenvalues of the normalised Laplacian, the smallest first. */
function laplacianSpectrum(points: readonly ArrayLike<number>[]) {
  const weights = neighbourGraph(points);
  const degrees = weights.map((row) => row.reduce((sum, weight) => sum + weight, 0));
  const laplacian = new Matrix(
    weights.map((row, i) =>
      row.map((weight, j) => (i === j ? 1 : 0) - weight / Math.sqrt(at(degrees, i) * at(degrees, j))),
    ),
  );
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(laplacian, {
    assumeSymmetric: true,
  });
  return { values, vectors };
}

/** 1 between points of which one is among the other's nearest neighbours, half of it where that is not mutual. */
function neighbourGraph(points: readonly ArrayLike<number>[]): number[][] {
  const count = points.length;
  const neighbours = Math.min(count - 1, Math.max(fewestNeighbours, Math.round(Math.log2(count))));
  const weights = points.map(() => new Array<number>(count).fill(0));
  points.forEach((point, i) => {
    const distances = points.map(
      (other, j) => [i === j ? Number.POSITIVE_INFINITY : distance(point, other), j] as const,
    );
    for (const [, j] of distances.sort(([a], [b]) => a - b).slice(0, neighbours)) {
      at(weights, i)[j] = at(at(weights, i), j) + 0.5;
      at(weights, j)[i] = at(at(weights, j), i) + 0.5;
    }
  });
  return weights;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}

/** How many values lie before the widest gap. */
function widestGap(values: readonly number[]): number {
  let [best, gap] = [1, 0];
  for (let i = 1; i < values.length; i++) {
    const width = at(values, i) - at(values, i - 1);
    if (width > gap) [best, gap] = [i, width];
  }
  return best;
}
