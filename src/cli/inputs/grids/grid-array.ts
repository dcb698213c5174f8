/** @file Arrays as the input of a network for signals, volumes or clips. */

import { FoveaError } from "../../../foundation/error.js";
import { placesIn } from "../../../model/input/axis-order.js";
import type { InputAxes } from "../../../model/input/image-axes.js";
import type { Dim } from "../../../onnx/graph.js";
import type { Tensor } from "../../../onnx/tensor.js";
import { permuted } from "./grid-layout.js";

/** An array in the network's own order, with what was changed. */
export interface GridArray {
  readonly tensor: Tensor;
  readonly notes: readonly string[];
}

/**
 * The array with the axes that it lacks: the batch of a single input, and the channel where there is one. Channels at the end go to where
 * the network takes them.
 * @param dims the network's input
 * @throws FoveaError `shape-mismatch`
 */
export function gridArray(array: Tensor, { layout }: InputAxes, dims: readonly Dim[], where: string): GridArray {
  const fits = (sizes: readonly number[]) =>
    sizes.length === dims.length &&
    sizes.every((size, i) => i === 0 || typeof dims[i] !== "number" || dims[i] === size);
  const lacking = dims.length - array.dims.length;
  const channel = layout.indexOf("c");
  const whole =
    lacking === 2 ? [1, ...array.dims].toSpliced(channel, 0, 1) : lacking === 1 ? [1, ...array.dims] : [...array.dims];
  if (array.type === "float32" && fits(whole)) return { tensor: array.reshape(whole), notes: [] };
  const last = whole.length - 1;
  const axes = whole.map((_, i) => i);
  const others = axes.slice(1, last);
  const moved = [...layout].map((letter) => (letter === "n" ? 0 : letter === "c" ? last : (others.shift() ?? 0)));
  if (array.type === "float32" && channel !== last && fits(moved.map((axis) => whole[axis] ?? 0)))
    return {
      tensor: permuted(array.reshape(whole), moved),
      notes: ["the array's channels are moved to where the model takes them"],
    };
  const places = placesIn(layout, [...layout])
    .join(", ")
    .toUpperCase();
  const forms = [[...layout].join(", ").toUpperCase(), `C, ${places}`, ...(dims[channel] === 1 ? [places] : [])];
  throw new FoveaError(
    "shape-mismatch",
    `${where}: expected numbers [${forms.join("] or [")}] for the model's input [${dims.join(", ")}], got ${array.type} [${array.dims.join(", ")}]`,
  );
}
