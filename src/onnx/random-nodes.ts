/** @file Operators that draw random numbers. */

import { type Graph, type GraphNode, subgraphsOf } from "./graph.js";

/** Of the standard domain; Dropout draws only in training mode, which `asInference` ends. */
const randomOperators: ReadonlySet<string> = new Set([
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
]);

/** The nodes that draw random numbers, or hold subgraphs that do. */
export function randomNodes({ nodes }: Graph): GraphNode[] {
  return nodes.filter((node) => {
    const draws = node.domain === "" && randomOperators.has(node.op);
    return draws || subgraphsOf(node).some((inner) => randomNodes(inner).length > 0);
  });
}
