/** @file Noise to try a network with, before it is known what it takes for pixels. */

import { random } from "../../foundation/random.js";
import type { Dim } from "../../onnx/graph.js";
import { float32, sizeOf, type Tensor } from "../../onnx/tensor.js";

/** Rows and columns where an input leaves them open. */
const openSize = 224;

/** The ranges of what networks take: normalised, 0 to 1, and 0 to 255. */
const ranges = {
  normal: (source: { normal(): number }) => source.normal(),
  unit: (source: { uniform(): number }) => source.uniform(),
  pixels: (source: { uniform(): number }) => 255 * source.uniform(),
} as const;
export type ProbeRange = keyof typeof ranges;

/** So many seeded images for an input of these sizes. */
export function probeImages(dims: readonly Dim[], count: number, range: ProbeRange): Tensor {
  const sizes = [count, ...dims.slice(1).map((dim) => (typeof dim === "number" ? dim : openSize))];
  const source = random(1).fork(`probe ${range}`);
  return float32(
    sizes,
    Float32Array.from({ length: sizeOf(sizes) }, () => ranges[range](source)),
  );
}
