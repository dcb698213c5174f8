/** @file Maps of numbers over places of any number of axes, and their resizing along each. */

import { FoveaError } from "../../foundation/error.js";
import { axisTaps, type Taps } from "../picture/resize.js";
import { type FloatMap, floatMap } from "./heatmap.js";

/** A map of numbers over places: samples of a signal, rows and columns of a picture, slices of these in a volume or clip. */
export interface GridMap {
  /** Of each axis, the outermost first. */
  readonly sizes: readonly number[];
  /** One for each place, the last axis fastest. */
  readonly values: Float32Array;
}

/** The map at other sizes, linearly along each axis, with half-pixel centres; an axis that keeps its size stays as it is. */
export function resizeGrid(map: GridMap, sizes: readonly number[]): GridMap {
  if (sizes.length !== map.sizes.length || sizes.some((size) => !(Number.isInteger(size) && size > 0))) {
    const [expected, got] = [map.sizes.length, sizes.join("x")];
    throw new FoveaError("shape-mismatch", `resized map: expected sizes of ${expected} axes, got ${got}`);
  }
  const current = [...map.sizes];
  let { values } = map;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const [from, to] = [current[axis] ?? 1, sizes[axis] ?? 1];
    if (from === to) continue;
    const inner = current.slice(axis + 1).reduce((product, size) => product * size, 1);
    values = alongAxis(values, from, inner, axisTaps(from, to, false));
    current[axis] = to;
  }
  return { sizes, values };
}

/**
 * A map of a signal as one row, and of a picture as it is.
 * @throws FoveaError `bad-input` for a map of more axes
 */
export function rowsAndColumns({ sizes, values }: GridMap): FloatMap {
  const [width = 1, height = 1, ...others] = sizes.toReversed();
  if (others.length === 0) return floatMap(width, height, values);
  throw new FoveaError("bad-input", `map: expected rows and columns, got ${sizes.join("x")} places: take gridMapOf`);
}

/** All rows of all slices, one below the other, for what looks at each place by itself. */
export function stackedRows({ sizes, values }: GridMap): FloatMap {
  const width = sizes.at(-1) ?? 1;
  return { width, height: values.length / width, values };
}

/**
 * Samples of another number along one axis. @param from the samples along the axis @param inner those of the axes within it together
 */
function alongAxis(samples: Float32Array, from: number, inner: number, taps: readonly Taps[]): Float32Array {
  const outer = samples.length / (from * inner);
  const result = new Float32Array(outer * taps.length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const { start, weights } of taps) {
      const first = (block * from + start) * inner;
      for (let x = 0; x < inner; x++) {
        let sum = 0;
        for (let k = 0, at = first + x; k < weights.length; k++, at += inner)
          sum += (weights[k] ?? 0) * (samples[at] ?? 0);
        result[to++] = sum;
      }
    }
  }
  return result;
}
