/** @file How much a graph computes, roughly: enough to tell a network from a file that is made to compute for ever. */

import { FoveaError } from "../../foundation/error.js";
import { dimsOf, type Graph, type GraphNode, type Value } from "../../onnx/graph.js";
import { costOf, type Sizes } from "./costs.js";
import type { Scope } from "./scopes.js";

/** Multiplications for one image: several times those of the largest vision transformers. */
const mostForImage = 2 ** 44;
/** Elements that are made for one image, with those that they are made of: ten times those of a large detector or segmenter. */
const mostElementsForImage = 2 ** 35;
/** The same for what is computed of constants alone: tables of positions, masks. */
const mostForConstants = 2 ** 32;
/** And for each element of the weights, which are unpacked, turned and cast. */
const forEachWeight = 64;

/**
 * Refuses a graph that computes more for one image, or of constants alone, than any network does.
 * @throws FoveaError `bad-graph`
 */
export function refuseVastWork(scopes: readonly Scope[], where: string): void {
  const [top] = scopes;
  let weights = 0;
  for (const { size } of top?.graph.initializers.values() ?? []) weights += size;
  const forConstants = mostForConstants + forEachWeight * weights;
  const spent = { image: 0, elements: 0, constants: 0 };
  for (const { graph, times, dependent } of scopes) {
    const sizes = sizesIn(graph);
    for (const node of graph.nodes) {
      const elements = times * [...node.inputs, ...node.outputs].reduce((sum, value) => sum + sizes.elements(value), 0);
      const work = times * costOf(node, sizes);
      const isConstant = !node.outputs.some((output) => dependent.has(output));
      if (isConstant) spent.constants += elements + work;
      else {
        spent.elements += elements;
        spent.image += work;
      }
      if (spent.constants > forConstants) throw refusal(where, node, "operations on constants", forConstants);
      if (spent.elements > mostElementsForImage)
        throw refusal(where, node, "elements for an image", mostElementsForImage);
      if (spent.image > mostForImage) throw refusal(where, node, "multiplications for an image", mostForImage);
    }
  }
}

/** Unknown sizes count as 1, and so does the number of images. */
function sizesIn(graph: Graph): Sizes {
  const batch = graph.inputs[0]?.dims?.[0];
  const of = (value: Value | undefined) =>
    (value ? dimsOf(graph, value) : undefined)?.map((dim, axis) => {
      const isBatch = axis === 0 && typeof batch === "number" && batch > 1 && dim === batch;
      return typeof dim === "number" && !isBatch ? dim : 1;
    }) ?? [];
  return { of, elements: (value) => (value ? of(value).reduce((product, size) => product * size, 1) : 0) };
}

function refusal(where: string, node: GraphNode, what: string, most: number): FoveaError {
  const expected = `expected a network of at most ${most} ${what}, got more`;
  return new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${expected}`);
}
