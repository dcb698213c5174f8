/** @file Chooses a layer: automatically, by name, or by its stage counted from the end. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { dimsOf, producers } from "../../onnx/graph.js";
import { ancestors } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { chooseAutomatically } from "./auto/auto-layer.js";
import { explainableLayers } from "./find-layers.js";
import { type ChosenLayer, gridSize, type Layer, layerSize } from "./layer.js";
import type { GridOptions } from "./layout.js";

/**
 * Finds a layer. `auto` is the last feature map on every path to the scores, and in a transformer the last tokens through which
 * every place still reaches the scores; -1 is the same, -2 the last one of the next larger size, and so on; otherwise the name of
 * a value or node, or a unique part of one.
 * @throws FoveaError `unknown-name`, or `bad-graph` where there is no feature map, or the value is no feature map
 */
export function chooseLayer(model: Model, choice: string | number, options: GridOptions = {}): ChosenLayer {
  const layers = explainableLayers(model, options);
  if (layers.length === 0) {
    throw new FoveaError(
      "bad-graph",
      `layer auto: expected a feature map ${shapeOfLayers(model)} before the scores, the network has none`,
    );
  }
  if (choice === "auto") return chooseAutomatically(model, layers, options);
  if (typeof choice === "number" || /^-\d+$/.test(choice)) return chooseStage(model, layers, Number(choice), options);
  return chooseByName(model, layers, choice);
}

function chooseByName(model: Model, layers: readonly Layer[], choice: string): ChosenLayer {
  const layer = layerNamed(layers, choice);
  if (layer === undefined) throw notALayer(model, choice, layers);
  return layer;
}

/**
 * The layer of a value or node by its name, or a unique part of it; undefined for none.
 * @throws FoveaError `unknown-name` for a part that several have
 */
export function layerNamed(layers: readonly Layer[], choice: string): ChosenLayer | undefined {
  const exact = layers.filter(({ name, node }) => name === choice || node === choice);
  const matches = exact.length > 0 ? exact : layers.filter(({ name }) => name.includes(choice));
  const [layer, ...others] = matches;
  if (layer === undefined) return undefined;
  if (others.length === 0) return { ...layer, reason: "as given" };
  const names = matches.slice(0, 5).map(({ name }) => name);
  throw new FoveaError(
    "unknown-name",
    `layer "${choice}": expected a unique name, got ${matches.length} that contain it: ${names.join(", ")}`,
  );
}

function chooseStage(model: Model, layers: readonly Layer[], index: number, options: GridOptions): ChosenLayer {
  const all = stagesAmong(model, layers, options);
  const stage = all[-1 - index];
  if (stage) return stage;
  throw new FoveaError("unknown-name", `layer ${index}: expected -1 to -${all.length} for this network`);
}

/** The last layer of each spatial size, the last first: `auto` (or -1), -2, -3 ... in this order. */
export function stages(model: Model, options: GridOptions = {}): ChosenLayer[] {
  return stagesAmong(model, explainableLayers(model, options), options);
}

function stagesAmong(model: Model, layers: readonly Layer[], options: GridOptions): ChosenLayer[] {
  const last = chooseAutomatically(model, layers, options);
  const [, ...ends] = lastOfEachSize(layers.slice(0, layers.findIndex(({ name }) => name === last.name) + 1));
  return [last, ...ends.map((layer) => ({ ...layer, reason: `the last feature map of ${gridSize(layer)}` }))];
}

/** The last layers of each size before a layer, the nearest to it first; none for a value that is no feature map on the way to the scores. */
export function stagesBefore(model: Model, { name }: Pick<Layer, "name">, options: GridOptions = {}): Layer[] {
  const layers = explainableLayers(model, options);
  const [, ...ends] = lastOfEachSize(layers.slice(0, layers.findIndex((layer) => layer.name === name) + 1));
  return ends;
}

/** The last layer of each run of layers of one size, the last first. */
function lastOfEachSize(layers: readonly Layer[]): Layer[] {
  return layers
    .filter((layer, i) => {
      const next = layers[i + 1];
      return next === undefined || gridSize(layer) !== gridSize(next);
    })
    .reverse();
}

function notALayer(model: Model, choice: string, layers: readonly Layer[]): FoveaError {
  const dims = dimsOf(model.graph, choice);
  if (!producers(model.graph).has(choice) && dims === undefined) {
    const names = layers.map(({ name }) => name);
    return unknownName("layer", choice, names);
  }
  const shape = dims ? `[${dims.join(", ")}]` : "of unknown shape";
  const tokens = dims?.length === 3 ? " (for tokens whose grid is not recognised, say which it is)" : "";
  const aside = ancestors(model.graph, [model.scores]).has(choice) ? "" : ", which the scores do not depend on";
  const some = lastOfEachSize(layers).slice(0, 5);
  return new FoveaError(
    "bad-graph",
    `layer "${choice}": expected a feature map ${shapeOfLayers(model)} on the way to the scores, got one ${shape}${aside}${tokens}: ` +
      `on the way lie ${some.map((layer) => `${layer.name} (${layerSize(layer)})`).join(", ")}`,
  );
}

/** The form of feature maps of a network for signals, pictures or volumes, for people. */
function shapeOfLayers({ input: { dims = [] } }: Model): string {
  return dims.length === 3 ? "[N, C, L]" : dims.length === 5 ? "[N, C, D, H, W]" : "[N, C, H, W]";
}
