/** @file Checks that a machine can hold the values of a network. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, producers } from "../../onnx/graph.js";

/** A gibibyte of float32: hundreds of times the size of classifiers' largest feature maps for one image. */
const mostComputed = 2 ** 28;

/** 256 MiB of float32: of copies of little the runtime holds several at a time. */
const mostCopied = 2 ** 26;

/** Operators that make much of little. */
const copying = new Set([
  ...["ConstantOfShape", "EyeLike", "Expand", "OneHot", "Range", "Tile", "MelWeightMatrix"],
  ...[
    "BlackmanWindow",
    "HammingWindow",
    "HannWindow",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
  ],
]);

/** Elements that a node of this operator may make for an image. */
export function mostElements(op: string | undefined): number {
  return op !== undefined && copying.has(op) ? mostCopied : mostComputed;
}

/**
 * Refuses a network with a value that is larger than anything that makes sense for one image. Open sizes count as 1.
 * @throws FoveaError `bad-graph`
 */
export function checkSizes(graph: Graph, where: string): void {
  const { types, inputs } = graph;
  const nodeOf = producers(graph);
  const values = [...types, ...inputs.map(({ name, dims }) => [name, { dims }] as const)];
  const batch = inputs[0]?.dims?.[0];
  for (const [name, { dims = [] }] of values) {
    const images = typeof batch === "number" && dims[0] === batch ? batch : 1;
    const count = dims.reduce<number>((product, dim) => product * (typeof dim === "number" ? dim : 1), 1) / images;
    const most = mostElements(nodeOf.get(name)?.op);
    if (count > most) {
      throw new FoveaError(
        "bad-graph",
        `${where}: value "${name}" of sizes [${dims.join(", ")}]: expected at most ${most} elements for an image`,
      );
    }
  }
}
