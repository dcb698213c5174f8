/** @file Convolutions that take in the padding before them and the batch normalisation behind them. */

import { Builder } from "../../builder.js";
import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  int,
  ints,
  producers,
  readers,
  string,
  type Value,
} from "../../graph.js";
import { numbers } from "../../tensor.js";
import { mergedNormalisation } from "./merged-normalisation.js";

export interface Folded {
  /** The graph, where what follows is computed by the folded convolutions; the values between are still there. */
  readonly graph: Graph;
  /** Values through which nothing else is computed any longer. */
  readonly replaced: ReadonlySet<Value>;
}

/** What is folded into a convolution. */
interface Fold {
  readonly conv: GraphNode;
  /** The convolution's pads, with those of a padding before it. */
  readonly pads: readonly number[] | undefined;
  /** What that padding pads. */
  readonly padded: Value | undefined;
  readonly norm: GraphNode | undefined;
}

/**
 * A padding with zeros becomes the convolution's own, and a batch normalisation a factor and an offset of its weights. The runtime does
 * as much for a network, but not for gradients, where each would be passes of its own over the largest values. The numbers are the same
 * but for rounding.
 * @param graph with the types of its values
 * @param kept values that stay as they are
 */
export function foldConvolutions(graph: Graph, kept: readonly Value[]): Folded {
  const folds = findFolds(graph, new Set([...kept, ...graph.outputs.map(({ name }) => name)]));
  if (folds.size === 0) return { graph, replaced: new Set() };
  const op = new Builder(copyGraph(graph));
  op.graph.nodes = [];
  const replaced = new Set<Value>();
  for (const node of graph.nodes) {
    const fold = folds.get(node);
    if (fold === undefined) op.graph.nodes.push(node);
    else {
      for (const value of append(op, fold)) replaced.add(value);
    }
  }
  return { graph: op.graph, replaced };
}

/** The folds, by the node in whose place the folded convolution stands. */
function findFolds(graph: Graph, kept: ReadonlySet<Value>): Map<GraphNode, Fold> {
  const producerOf = producers(graph);
  const readersOf = readers(graph);
  const folds = new Map<GraphNode, Fold>();
  for (const conv of graph.nodes) {
    const [x = ""] = conv.inputs;
    const [y = ""] = conv.outputs;
    if (!isFoldable(graph, conv)) continue;
    const before = producerOf.get(x);
    const pads = before && !kept.has(x) ? padsOf(graph, before, conv) : undefined;
    const [after, ...others] = readersOf.get(y) ?? [];
    const norm = after && others.length === 0 && !kept.has(y) && isConstantNorm(graph, after, y) ? after : undefined;
    if (pads || norm) folds.set(norm ?? conv, { conv, pads, padded: pads && before?.inputs[0], norm });
  }
  return folds;
}

function isFoldable(graph: Graph, { op, domain, inputs: [, weights = "", bias = ""] }: GraphNode): boolean {
  const isConstant = (value: Value) => value === "" || graph.initializers.get(value)?.type === "float32";
  return op === "Conv" && domain === "" && weights !== "" && isConstant(weights) && isConstant(bias);
}

function isConstantNorm(graph: Graph, node: GraphNode, x: Value): boolean {
  const [data, ...parameters] = node.inputs;
  const isPlain = node.op === "BatchNormalization" && node.domain === "" && node.outputs.length === 1;
  return (
    isPlain &&
    data === x &&
    int(node, "training_mode", 0) === 0 &&
    parameters.every((name) => graph.initializers.get(name)?.type === "float32")
  );
}

/** The convolution's pads with those of the padding before it; undefined where these are no zeros at the sides of the picture. */
function padsOf(graph: Graph, pad: GraphNode, conv: GraphNode): number[] | undefined {
  const [data = "", sizes = "", value = "", axes = ""] = pad.inputs;
  if (pad.op !== "Pad" || pad.domain !== "" || string(pad, "mode", "constant") !== "constant" || axes !== "")
    return undefined;
  const constants = [sizes, ...(value ? [value] : [])].map((name) => graph.initializers.get(name));
  const [by, filling = [0]] = constants.map((tensor) => tensor && numbers(tensor));
  const rank = dimsOf(graph, data)?.length ?? 0;
  if (by === undefined || (value !== "" && filling[0] !== 0) || constants.includes(undefined)) return undefined;
  if (by.length !== 2 * rank || rank < 3 || by.some((size) => size < 0)) return undefined;
  const auto = string(conv, "auto_pad", "NOTSET");
  if (!["NOTSET", "VALID"].includes(auto)) return undefined;
  const [front, back] = [by.slice(0, rank), by.slice(rank)];
  if ([...front.slice(0, 2), ...back.slice(0, 2)].some((size) => size !== 0)) return undefined;
  const own = auto === "VALID" ? undefined : ints(conv, "pads");
  return [...front.slice(2), ...back.slice(2)].map((size, i) => size + (own?.[i] ?? 0));
}

/** Appends the nodes that are folded, and the convolution that stands for them. @returns the values that it takes no part in */
function append(op: Builder, { conv, pads, padded, norm }: Fold): Value[] {
  const scope = op.scope(conv.name);
  const [x = "", weights = "", own = ""] = conv.inputs;
  const given = { weight: weights, bias: own || undefined };
  const { weight, bias } = norm ? mergedNormalisation(scope, norm, given) : given;
  const attributes = pads && {
    auto_pad: { type: "string", value: "NOTSET" } as const,
    pads: { type: "ints", value: pads } as const,
  };
  op.graph.nodes.push({
    ...conv,
    name: scope.fresh("folded"),
    inputs: [padded ?? x, weight, ...(bias ? [bias] : [])],
    outputs: [(norm ?? conv).outputs[0] ?? ""],
    attributes: { ...conv.attributes, ...attributes },
  });
  return [...(padded === undefined ? [] : [x]), ...(norm ? conv.outputs : [])];
}
