/** @file How much a network computes for one image: its multiplications and additions. */

import { dimsOf, type Graph, subgraphsOf, type Value } from "../onnx/graph.js";
import { sizeOf } from "../onnx/tensor.js";
import { costOf, type Sizes } from "./bounds/costs.js";

/**
 * Multiplications, each with its addition, of convolutions, products of matrices and the like for one image; other operators take
 * little beside these.
 * @returns undefined where sizes are open, and for networks with loops or fused operators
 */
export function multiplyAdds(graph: Graph): number | undefined {
  if (graph.nodes.some((node) => node.domain !== "" || subgraphsOf(node).length > 0)) return undefined;
  const sizes = sizesIn(graph);
  const total = graph.nodes.reduce((sum, node) => sum + costOf(node, sizes), 0);
  return Number.isNaN(total) ? undefined : total;
}

/** Open sizes count as no number, but for the first, which is the number of images. */
function sizesIn(graph: Graph): Sizes {
  const of = (value: Value | undefined) =>
    value
      ? (dimsOf(graph, value) ?? [Number.NaN]).map((dim, axis) =>
          typeof dim === "number" ? dim : axis === 0 ? 1 : Number.NaN,
        )
      : [];
  return { of, elements: (value) => (value ? sizeOf(of(value)) : 0) };
}
