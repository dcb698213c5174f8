/** @file Sizes of outputs, by which tasks are recognised. */

import { type Dim, dimsOf, type Graph, staticDims, type Value } from "../../onnx/graph.js";
import { sizeOf } from "../../onnx/tensor.js";

/** How many numbers an image has in an output [N, ...]; undefined where the graph does not tell. */
export function numbersOfOne(graph: Graph, output: Value): number | undefined {
  const dims = dimsOf(graph, output);
  const sizes = staticDims(dims?.slice(1));
  return dims === undefined || sizes === undefined ? undefined : sizeOf(sizes);
}

/** Whether an output is [N, numbers], or [N] of one number, with ones besides. */
export function isVector(graph: Graph, output: Value): boolean {
  const dims = dimsOf(graph, output);
  return dims !== undefined && dims.slice(1).filter((size) => size !== 1).length <= 1;
}

/** The fewest places on a side that make a map: fewer are a coarse classifier's. */
const fewestPlaces = 4;

/** Whether a size is that of a side with places. */
export function isSide(size: Dim | undefined): boolean {
  return typeof size === "string" || (typeof size === "number" && size >= fewestPlaces);
}

/** Whether a name has one of these words in it: `age` is in `pred_age`, not in `image`. */
export function hasWord(name: Value, words: RegExp): boolean {
  const parts = name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").split(/[^A-Za-z]+/);
  return parts.some((part) => words.test(part));
}
