/** @file Finds the attentions of a transformer, and turns products of them into maps. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import { dimsOf, type GraphNode, int as intAttribute, producers, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { sizeProduct } from "./axes.js";
import { planeSizes } from "./fold.js";
import type { Layer } from "./layer.js";
import type { TokenGrid } from "./layout.js";

/** The models that methods of attention are for, as their errors say it. */
export const transformers =
  "transformers whose attentions, softmax of a scaled product, look at all tokens of one grid";

export interface Attentions {
  /** The softmax of each attention, in order of computation: [N, heads, T, T], or with batch and heads in one axis. */
  readonly shares: readonly Value[];
  /** T, the number of tokens. */
  readonly tokens: number;
  readonly grid: TokenGrid;
  /** The softmax of an attention behind them that takes all tokens together by queries of its own, [N, heads, Q, T]. */
  readonly pool: Value | undefined;
}

/** Operators between the product of queries and keys and the softmax, or between that and the product with the values. */
const between = new Set(["Mul", "Div", "Add", "Sub", "Where", "Reshape", "Identity", "Dropout", "Cast", "Clip"]);

/**
 * All attentions between image and scores.
 * @param mayPool whether an attention may take the tokens together at the end. Default: it is refused
 * @throws FoveaError `bad-graph` where there is none, or one that looks at something else than the layer's tokens
 */
export function attentionsOf(model: Model, { name, layout, dims }: Layer, mayPool = false): Attentions {
  const refuse = (got: string) => {
    return new FoveaError("bad-graph", `attention at layer "${name}": expected ${transformers}, got ${got}`);
  };
  const all = findShares(model);
  const tokens = dims[1];
  const sizesOf = (value: Value) => dimsOf(model.graph, value)?.slice(-2) ?? [];
  const last = all.at(-1);
  const pool =
    mayPool && last !== undefined && sizesOf(last)[0] !== tokens && sizesOf(last)[1] === tokens ? last : undefined;
  const shares = all.filter((value) => value !== pool);
  if (shares.length === 0) throw refuse("none");
  if (typeof layout === "string" || typeof tokens !== "number") throw refuse("no tokens there");
  for (const value of shares) {
    const sizes = sizesOf(value);
    if (sizes.some((size) => size !== tokens))
      throw refuse(`"${value}", which is ${sizes.join("x")}, for ${tokens} tokens`);
  }
  return { shares, tokens, grid: layout.tokens, pool };
}

/** Results of the softmaxes between two products of values that depend on the image. */
function findShares({ graph, input, scores }: Model): Value[] {
  const [after, before] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  const madeBy = producers(graph);
  const isProduct = (node: GraphNode | undefined) =>
    node?.op === "MatMul" && node.inputs.every((value) => after.has(value));
  const isMadeByProduct = (value: Value | undefined): boolean => {
    const node = madeBy.get(value ?? "");
    if (node === undefined || isProduct(node)) return node !== undefined;
    return between.has(node.op) && node.inputs.some((each) => after.has(each) && isMadeByProduct(each));
  };
  const goesToProduct = (value: Value): boolean =>
    graph.nodes.some((node) => {
      if (!node.inputs.includes(value)) return false;
      return isProduct(node) ? node.inputs[0] === value : between.has(node.op) && goesToProduct(firstOutput(node));
    });
  return graph.nodes
    .filter((node) => node.op === "Softmax" && isOverLast(node, dimsOf(graph, firstOutput(node))?.length))
    .filter(({ inputs }) => isMadeByProduct(inputs[0]))
    .map(firstOutput)
    .filter((value) => before.has(value) && goesToProduct(value));
}

function firstOutput({ outputs: [value = ""] }: GraphNode): Value {
  return value;
}

/** Whether a softmax is over the last axis. */
function isOverLast(node: GraphNode, rank: number | undefined): boolean {
  const axis = intAttribute(node, "axis", -1);
  return rank === undefined ? axis === -1 : axis === -1 || axis === rank - 1;
}

/** An attention's softmax as [N, heads, T, T], whether batch and heads are one axis or two. */
export function splitHeads(op: Builder, share: Value, input: Value, tokens: number): Value {
  const batch = op.Shape(input, { start: 0, end: 1 });
  return op.Reshape(share, op.Concat(batch, op.ints([-1, tokens, tokens]), { axis: 0 }));
}

/** The identity matrix, [T, T]. */
export function identityMatrix(op: Builder, tokens: number): Value {
  const places = op.Range(op.int(0), op.int(tokens), op.int(1));
  return op.Cast(op.Equal(op.Unsqueeze(places, op.ints([0])), op.Unsqueeze(places, op.ints([1]))), { to: 1 });
}

/**
 * The relevance of each place of the grid for the scores, [N, 1, H, W], of relevances [N, T, T]: the row of the class token,
 * the first of those before the grid; without such a token the mean over all rows.
 */
export function gridOfRelevance(op: Builder, relevance: Value, grid: TokenGrid): Value {
  const row =
    grid.skip > 0
      ? op.Slice(relevance, op.ints([0]), op.ints([1]), op.ints([1]))
      : op.ReduceMean(relevance, op.ints([1]), { keepdims: 1 });
  return gridOfTokens(op, row, grid);
}

/** A number of each token, [N, 1, T], as a map of the places among them, [N, 1, H, W]. */
export function gridOfTokens(op: Builder, row: Value, { sizes, skip }: TokenGrid): Value {
  const grid = op.Slice(row, op.ints([skip]), op.ints([skip + sizeProduct(sizes)]), op.ints([2]));
  return op.Reshape(grid, op.ints([0, 1, ...planeSizes(sizes)].map(Number)));
}
