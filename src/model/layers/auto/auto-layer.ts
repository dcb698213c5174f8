/** @file Chooses the last layer whose places still count for the scores. */

import { FoveaError } from "../../../foundation/error.js";
import { producers, type Value } from "../../../onnx/graph.js";
import { descendants } from "../../../onnx/prune.js";
import type { Model } from "../../model.js";
import { type ChosenLayer, describeLayout, gridSize, type Layer } from "../layer.js";
import type { GridOptions } from "../layout.js";
import { findReach, isOnEveryPath, type Reach } from "../reach.js";
import { rearrangedFrom } from "../rearranged.js";
import { doubtAbout } from "./doubt.js";

/**
 * The last feature map on every path to the scores; in a transformer the last tokens through which every place still reaches
 * the scores, because behind the last attention only the class token counts, and the gradient at all places is zero.
 * @param candidates in order of computation
 * @param options those by which they were found
 * @throws FoveaError `bad-graph` where the places of none reach the scores
 */
export function chooseAutomatically(
  model: Model,
  candidates: readonly Layer[],
  options: GridOptions = {},
): ChosenLayer {
  const layers = layersBelowTarget(model, candidates);
  const reaches = new Map<Layer, Reach | undefined>();
  const reachOf = (layer: Layer) => {
    if (!reaches.has(layer)) reaches.set(layer, findReach(model, layer.name, layer.layout));
    return reaches.get(layer);
  };
  const last = layers.findLast((layer) => reachOf(layer) !== undefined);
  if (last === undefined) {
    throw new FoveaError(
      "bad-graph",
      "layer auto: expected a feature map whose places reach the scores, the network has none: name a layer",
    );
  }
  const isPooled = typeof last.layout === "string" || reachOf(last) === "pooled";
  const choose = isPooled ? beforePooling : beforeAttention;
  const chosen = choose(model, layers, last, reachOf);
  const doubt = doubtAbout(model, chosen, candidates, options);
  return doubt === undefined ? chosen : { ...chosen, doubt };
}

type ReachOf = (layer: Layer) => Reach | undefined;

function beforePooling(model: Model, layers: readonly Layer[], last: Layer, reachOf: ReachOf): ChosenLayer {
  const layer = layers.findLast((each) => isOnEveryPath(model, each.name) && reachOf(each) !== undefined);
  const behind = layers.slice(layer ? layers.indexOf(layer) + 1 : 0);
  // What is pooled last may be a branch of an attention, such as positions that are a convolution of the values.
  if (behind.some((each) => gridSize(each) === gridSize(last) && isAttended(model, each, reachOf)))
    return beforeAttention(model, behind, last, reachOf);
  if (layer !== undefined && layer !== last && gridSize(layer) === gridSize(last))
    return { ...layer, reason: "the last feature map on every path to the scores" };
  const isTokens = typeof last.layout !== "string";
  return {
    ...last,
    reason: isTokens
      ? "the last tokens before they are taken together for the scores"
      : "the last feature map before the scores",
  };
}

function beforeAttention(model: Model, layers: readonly Layer[], last: Layer, reachOf: ReachOf): ChosenLayer {
  const attended = layers.filter((each) => isAttended(model, each, reachOf));
  const layout = describeLayout(last.layout);
  const layer =
    attended.findLast((each) => describeLayout(each.layout) === layout) ??
    attended.findLast((each) => typeof last.layout === "string" && gridSize(each) === gridSize(last)) ??
    last;
  const isFollowedByUnread = layers.slice(layers.indexOf(layer) + 1).some((each) => reachOf(each) === undefined);
  return {
    ...layer,
    reason: isFollowedByUnread
      ? "the last tokens before the last attention: behind it only the class token reaches the scores, so the gradient at every place is zero"
      : "the last tokens before an attention takes them together for the scores",
  };
}

/** Whether a layer is of tokens that an attention takes together for the scores, and no projection for it. */
function isAttended(model: Model, layer: Layer, reachOf: ReachOf): boolean {
  return typeof layer.layout !== "string" && reachOf(layer) === "attended" && !isProjection(model, layer.name);
}

/**
 * Leaves out the outputs that a target reads, if any layer remains: where these have places, such as boxes or segments, their
 * map shows the scores, not features.
 */
function layersBelowTarget({ graph, readFrom = [] }: Model, layers: readonly Layer[]): readonly Layer[] {
  const outputs = descendants(
    graph,
    readFrom.map((value) => rearrangedFrom(graph, value)[0]),
  );
  const below = layers.filter(({ name }) => !outputs.has(name));
  return below.length > 0 ? below : layers;
}

/** Whether a linear layer makes a value, as one makes queries, keys and values. */
function isProjection({ graph, input }: Model, value: Value): boolean {
  const [madeBy, perImage] = [producers(graph), descendants(graph, [input.name])];
  const weightedNode = (name: Value | undefined, op: string) => {
    const node = madeBy.get(name ?? "");
    return node?.op === op && node.inputs.some((each) => !perImage.has(each)) ? node : undefined;
  };
  const bias = weightedNode(value, "Add");
  return [value, ...(bias?.inputs ?? [])].some((name) => weightedNode(name, "MatMul") !== undefined);
}
