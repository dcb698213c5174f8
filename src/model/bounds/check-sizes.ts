/** @file Checks that a machine can hold the values of a network. */

import { FoveaError } from "../../foundation/error.js";
import type { Graph } from "../../onnx/graph.js";

/** A gibibyte of float32: hundreds of times the size of classifiers' largest feature maps for one image. */
export const mostElements = 2 ** 28;

/**
 * Refuses a network with a value that is larger than anything that makes sense for one image. Open sizes count as 1.
 * @throws FoveaError `bad-graph`
 */
export function checkSizes({ types, inputs }: Graph, where: string): void {
  const values = [...types, ...inputs.map(({ name, dims }) => [name, { dims }] as const)];
  const batch = inputs[0]?.dims?.[0];
  for (const [name, { dims = [] }] of values) {
    const images = typeof batch === "number" && dims[0] === batch ? batch : 1;
    const count = dims.reduce<number>((product, dim) => product * (typeof dim === "number" ? dim : 1), 1) / images;
    if (count > mostElements) {
      throw new FoveaError(
        "bad-graph",
        `${where}: value "${name}" of sizes [${dims.join(", ")}]: expected at most ${mostElements} elements for an image`,
      );
    }
  }
}
