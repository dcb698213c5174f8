/** @file The layers whose maps show why a box was found. */

import type { Graph, Value } from "../../../onnx/graph.js";
import { ancestors, descendants } from "../../../onnx/prune.js";
import { chooseAutomatically } from "../../layers/auto/auto-layer.js";
import { explainableLayers } from "../../layers/find-layers.js";
import { type ChosenLayer, gridSize, type Layer } from "../../layers/layer.js";
import type { Model } from "../../model.js";
import { elementsBehind, sourcesOf } from "../element.js";
import type { DetectionLayout } from "../found-task.js";

/**
 * Of the level that made a box: the last map that both its place and its score are computed of, and the backbone's last of that size. The
 * first says which features at the box's place; no gradient of one box reaches far in it. The second sees as far as the layers between do.
 * A map in the branch of the classes alone would be a single cell. Where the network itself chooses among the boxes of all levels, those of
 * all levels: in the others the gradient is zero. Of a transformer's queries, the layer that `auto` stands for.
 * @param model with the box's score as its target
 */
export function levelLayers(model: Model, layout: DetectionLayout, row: number, classIndex: number) {
  const { graph } = model;
  const [score, ...factors] = layout.scoreOf(row, classIndex);
  const places = elementsBehind(graph, layout.placeOf(row)).flatMap((place) => sourcesOf(graph, place));
  const others = factors.flatMap((factor) => sourcesOf(graph, factor));
  const all = explainableLayers(model).filter((each) => !areQueries(each, layout));
  if (layout.queries !== undefined) return [chooseAutomatically(model, all)];
  const chosen = new Map<Value, ChosenLayer>();
  for (const level of elementsBehind(graph, score)) {
    const scores = [...sourcesOf(graph, level), ...others].map(({ value }) => value);
    const shared = sharedLayers(
      graph,
      all,
      scores,
      places.map(({ value }) => value),
    );
    for (const layer of headAndBackbone(graph, shared, all)) chosen.set(layer.name, layer);
  }
  const layers = all.flatMap(({ name }) => chosen.get(name) ?? []);
  return layers.length > 0 ? layers : [chooseAutomatically(model, all)];
}

/** Whether a layer's tokens are queries, which only by chance are as many as the places of a grid. */
function areQueries({ layout, dims }: Layer, { queries }: DetectionLayout): boolean {
  return typeof layout !== "string" && dims.at(-2) === queries;
}

/** The layers that all scores and the place are computed of; where the place is computed of the scores' own values, those before the scores. */
function sharedLayers(
  graph: Graph,
  layers: readonly Layer[],
  scores: readonly Value[],
  places: readonly Value[],
): readonly Layer[] {
  const before = scores.map((value) => ancestors(graph, [value]));
  const common = layers.filter(({ name }) => !scores.includes(name) && before.every((values) => values.has(name)));
  // A class branch reaches the place only through its scores, where both are put together.
  const apart = {
    ...graph,
    nodes: graph.nodes.filter(({ outputs }) => !outputs.some((value) => scores.includes(value))),
  };
  const ofPlace = ancestors(apart, places);
  const shared = common.filter(({ name }) => ofPlace.has(name));
  return shared.length > 0 ? shared : common;
}

function headAndBackbone(graph: Graph, shared: readonly Layer[], all: readonly Layer[]): readonly ChosenLayer[] {
  const last = shared.at(-1);
  if (last === undefined) return [];
  const ofLevel = shared.filter((layer) => gridSize(layer) === gridSize(last));
  const head = { ...last, reason: "the last feature map that the box and its class are computed of" };
  const backbone = endOfBackbone(graph, ofLevel, all);
  if (backbone === undefined || backbone.name === last.name) return [head];
  return [{ ...backbone, reason: "the backbone's last feature map of the same size" }, head];
}

/** The last map of a size before the network first goes on to another one. */
function endOfBackbone(graph: Graph, ofLevel: readonly Layer[], all: readonly Layer[]): Layer | undefined {
  const [first] = ofLevel;
  if (first === undefined) return undefined;
  const reached = descendants(graph, [first.name]);
  const next = all
    .slice(all.findIndex(({ name }) => name === first.name))
    .find((layer) => gridSize(layer) !== gridSize(first) && reached.has(layer.name));
  if (next === undefined) return undefined;
  const before = ancestors(graph, [next.name]);
  return ofLevel.findLast(({ name }) => before.has(name));
}
