/** @file Finds the blocks of a transformer: what each adds up to, which is what the next one reads. */

import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { isOnEveryPath } from "../../../model/layers/reach.js";
import type { Model } from "../../../model/model.js";
import { dimsOf, type Value } from "../../../onnx/graph.js";
import { descendants } from "../../../onnx/prune.js";

/**
 * For each attention the tokens that its block ends with, [N, T, D]: the last sum of tokens before the next attention that every path
 * from the image to the scores passes through.
 * @param shares the attentions, in order of computation
 * @throws FoveaError `bad-graph` for a network whose blocks do not end so, such as one that normalises behind its sums
 */
export function blockEnds(model: Model, shares: readonly Value[], tokens: number): readonly Value[] {
  const { graph, input } = model;
  const ofImage = descendants(graph, [input.name]);
  const isOfTokens = (value: Value) => {
    const dims = dimsOf(graph, value);
    return ofImage.has(value) && dims?.length === 3 && dims[1] === tokens;
  };
  const sums = graph.nodes.flatMap(({ op, inputs, outputs: [output = ""] }) =>
    op === "Add" && isOfTokens(output) && inputs.every(isOfTokens) ? [output] : [],
  );
  return shares.map((share, i) => {
    const [behind, next] = [descendants(graph, [share]), shares[i + 1]];
    const further = next === undefined ? new Set<Value>() : descendants(graph, [next]);
    const own = sums.filter((value) => behind.has(value) && !further.has(value));
    const end = own.findLast((value) => isOnEveryPath(model, value));
    if (end !== undefined) return end;
    throw new FoveaError(
      "bad-graph",
      `attention "${at(shares, i)}": expected a block that ends with a sum of tokens [N, ${tokens}, D], got none`,
    );
  });
}
