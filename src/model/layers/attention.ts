/** @file Finds the attentions of a transformer, and reads what they mean for its scores off their products. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import { dimsOf, type GraphNode, int as intAttribute, producers, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import type { Layer } from "./layer.js";
import type { TokenGrid } from "./layout.js";

/** Which models methods of attention are for. */
export const transformers =
  "transformers whose attentions, softmax of a scaled product, look at all tokens of one grid";

export interface Attentions {
  /** The shares of each attention, in order of computation: [N, heads, T, T], or with batch and heads in one. */
  readonly shares: readonly Value[];
  /** T. */
  readonly tokens: number;
  readonly grid: TokenGrid;
}

/** What may stand between the product of queries and keys and the softmax, and between that and the product with the values. */
const between = new Set(["Mul", "Div", "Add", "Sub", "Where", "Reshape", "Identity", "Dropout", "Cast", "Clip"]);

/**
 * All attentions between image and scores.
 * @throws FoveaError `bad-graph` where there is none, or one that looks at something else than the layer's tokens
 */
export function attentionsOf({ graph, input, scores }: Model, { name, layout, dims }: Layer): Attentions {
  const refuse = (got: string) => {
    return new FoveaError("bad-graph", `attention at layer "${name}": expected ${transformers}, got ${got}`);
  };
  const [after, before] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  const made = producers(graph);
  const isProduct = (node: GraphNode | undefined) =>
    node?.op === "MatMul" && node.inputs.every((value) => after.has(value));
  const productBefore = (value: Value | undefined): boolean => {
    const node = made.get(value ?? "");
    if (node === undefined || isProduct(node)) return node !== undefined;
    return between.has(node.op) && node.inputs.some((each) => after.has(each) && productBefore(each));
  };
  const productBehind = (value: Value): boolean =>
    graph.nodes.some((node) => {
      if (!node.inputs.includes(value)) return false;
      return isProduct(node)
        ? node.inputs[0] === value
        : between.has(node.op) && productBehind(node.outputs[0] as Value);
    });
  const shares = graph.nodes
    .filter((node) => node.op === "Softmax" && isOverLast(node, dimsOf(graph, node.outputs[0] as Value)?.length))
    .filter(({ inputs }) => productBefore(inputs[0]))
    .map(({ outputs }) => outputs[0] as Value)
    .filter((value) => before.has(value) && productBehind(value));
  if (shares.length === 0) throw refuse("none");
  const tokens = dims[1];
  if (typeof layout === "string" || typeof tokens !== "number") throw refuse("no tokens there");
  for (const value of shares) {
    const sizes = dimsOf(graph, value)?.slice(-2) ?? [];
    if (sizes.some((size) => size !== tokens))
      throw refuse(`"${value}", which is ${sizes.join("x")}, for ${tokens} tokens`);
  }
  return { shares, tokens, grid: layout.tokens };
}

function isOverLast(node: GraphNode, rank: number | undefined): boolean {
  const axis = intAttribute(node, "axis", -1);
  return rank === undefined ? axis === -1 : axis === -1 || axis === rank - 1;
}

/** Shares [N, heads, T, T], whether batch and heads were one axis or two. */
export function headsOf(op: Builder, share: Value, input: Value, tokens: number): Value {
  const batch = op.Shape(input, { start: 0, end: 1 });
  return op.Reshape(share, op.Concat(batch, op.ints([-1, tokens, tokens]), { axis: 0 }));
}

/** The identity, [T, T]. */
export function identity(op: Builder, tokens: number): Value {
  const places = op.Range(op.int(0), op.int(tokens), op.int(1));
  return op.Cast(op.Equal(op.Unsqueeze(places, op.ints([0])), op.Unsqueeze(places, op.ints([1]))), { to: 1 });
}

/**
 * What each place of the grid means for the scores, of relevances [N, T, T]: the row of the class token, the first of those that
 * stand before the grid; without such a token the mean over all rows. [N, 1, H, W]
 */
export function gridOfRelevance(op: Builder, relevance: Value, { height, width, skip }: TokenGrid): Value {
  const row =
    skip > 0
      ? op.Slice(relevance, op.ints([0]), op.ints([1]), op.ints([1]))
      : op.ReduceMean(relevance, op.ints([1]), { keepdims: 1 });
  const grid = op.Slice(row, op.ints([skip]), op.ints([skip + height * width]), op.ints([2]));
  return op.Reshape(grid, op.ints([0, 1, height, width]));
}
