/** @file Structural similarity of two maps. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";

/** Standard deviation and reach of the Gaussian window, and the constants for a range of 1 (Wang et al. 2004, section III.B). */
const [sigma, reach] = [1.5, 5];
const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
const window = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));

/**
 * Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP 2004, eq. 13: the mean over all
 * places of SSIM in a Gaussian window, for maps from 0 to 1. At the edge the window is cut. 1 for equal maps, about 0 for
 * unlike ones.
 * @throws FoveaError `shape-mismatch` for maps of different sizes
 */
export function structuralSimilarity(a: FloatMap, b: FloatMap): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new FoveaError(
      "shape-mismatch",
      `structuralSimilarity: expected maps of one size, got ${a.width}x${a.height} and ${b.width}x${b.height}`,
    );
  }
  const { width, height } = a;
  const [x, y] = [Float64Array.from(a.values), Float64Array.from(b.values)];
  const local = (values: Float64Array) => windowed(values, width, height);
  const product = (p: Float64Array, q: Float64Array) => local(p.map((value, i) => value * (q[i] as number)));
  const [meanX, meanY, xx, yy, xy] = [local(x), local(y), product(x, x), product(y, y), product(x, y)];
  const sum = meanX.reduce((total, mx, i) => {
    const my = at(meanY, i);
    const [vx, vy, vxy] = [at(xx, i) - mx * mx, at(yy, i) - my * my, at(xy, i) - mx * my];
    const [light, shape] = [(2 * mx * my + c1) / (mx * mx + my * my + c1), (2 * vxy + c2) / (vx + vy + c2)];
    return total + light * shape;
  }, 0);
  return sum / meanX.length;
}

/** Weighted means around each place: along rows, then along columns. */
function windowed(values: Float64Array, width: number, height: number): Float64Array {
  return along(along(values, width, 1, height, width), height, width, width, 1);
}

/** Along `count` places that are `step` apart, for each of `lines` lines that begin `stride` apart. */
function along(values: Float64Array, count: number, step: number, lines: number, stride: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let at = 0; at < count; at++) {
    const [first, last] = [Math.max(0, at - reach), Math.min(count - 1, at + reach)];
    let total = 0;
    for (let i = first; i <= last; i++) total += window[i - at + reach] as number;
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let i = first; i <= last; i++) {
        sum += (window[i - at + reach] as number) * (values[line * stride + i * step] as number);
      }
      result[line * stride + at * step] = sum / total;
    }
  }
  return result;
}
