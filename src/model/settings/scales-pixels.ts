/** @file Recognises networks that bring pixels to their range themselves. */

import type { Value } from "../../onnx/graph.js";
import { numbers, type Tensor } from "../../onnx/tensor.js";
import type { Model } from "../model.js";

/** The largest first factor that can only bring pixels of 0 to 255 to the range of a network. */
const largestPixelFactor = 0.02;
/** The smallest number that, subtracted at first, can only be a mean of such pixels. */
const leastPixelMean = 4;
/** Operators that only move, cut or join pixels. */
const moving = new Set([
  ...["Identity", "Cast", "Transpose", "Slice", "Gather", "Squeeze", "Unsqueeze", "Concat", "Pad", "Resize"],
]);

/**
 * Whether the network scales or centres pixels of 0 to 255 itself, before anything else, as Keras' Rescaling and Normalization
 * layers do.
 */
export function scalesPixels({ graph, input }: Pick<Model, "graph" | "input">): boolean {
  const constant = (value: Value | undefined) => numbersOf(graph.initializers.get(value ?? ""));
  const pixels = new Set<Value>([input.name]);
  for (const { op, inputs, outputs } of graph.nodes) {
    const i = inputs.findIndex((value) => pixels.has(value));
    if (i < 0) continue;
    const others = constant(inputs[1 - i]);
    const small = (values: readonly number[]) => values.every((value) => Math.abs(value) <= largestPixelFactor);
    const large = (values: readonly number[]) => values.every((value) => value >= leastPixelMean);
    if (op === "Sub" && i === 0 && others.length > 0) return large(others);
    if (op === "Add" && others.length > 0) return large(others.map((value) => -value));
    if (op === "Mul" && others.length > 0) return small(others);
    if (op === "Div" && i === 0 && others.length > 0) return small(others.map((value) => 1 / value));
    if (op === "Shape") continue;
    if (!moving.has(op)) return false;
    for (const output of outputs) pixels.add(output);
  }
  return false;
}

/** The numbers of a small constant; none for another value. */
function numbersOf(tensor: Tensor | undefined): number[] {
  return tensor !== undefined && tensor.size <= 4 ? numbers(tensor) : [];
}
