/** @file The layers by which a network's way from the picture to the scores can be told. */

import { producers } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { stages } from "./choose-layer.js";
import { explainableLayers } from "./find-layers.js";
import type { Layer } from "./layer.js";
import type { GridOptions } from "./layout.js";
import { isOnEveryPath } from "./reach.js";

/** Operators that look beyond one place or channel: what they make is a step further, all else belongs to the step before. */
const steps = new Set([
  ...["Conv", "ConvInteger", "QLinearConv", "ConvTranspose", "MatMul", "MatMulInteger", "Gemm", "Einsum", "Attention"],
  ...["MaxPool", "AveragePool", "LpPool", "Concat", "Resize", "DepthToSpace", "SpaceToDepth"],
]);

/**
 * Layers that all of the picture's way passes, each the last of its step (after bias, normalisation and activation), in order of
 * computation; the last is the one that `auto` stands for, and the last layer of each size is among them.
 * @param most how many at most; of longer ways some are left out evenly. Default 16
 */
export function milestones(
  model: Model,
  { most = 16, ...options }: GridOptions & { readonly most?: number } = {},
): Layer[] {
  const ends = stages(model, options);
  const last = ends[0]?.name;
  const all = explainableLayers(model, options);
  const layers = all.slice(0, all.findIndex(({ name }) => name === last) + 1);
  const kept = new Set(ends.map(({ name }) => name));
  const onWay = layers.filter(({ name }) => kept.has(name) || isOnEveryPath(model, name));
  const stepEnds = onWay.filter((layer, i) => {
    const next = onWay[i + 1];
    return next === undefined || kept.has(layer.name) || isStep(model, layer, next);
  });
  return thinned(stepEnds, kept, most);
}

/** Whether something between two layers looks beyond single places and channels. */
function isStep({ graph }: Model, from: Layer, to: Layer): boolean {
  const [after, before] = [descendants(graph, [from.name]), ancestors(graph, [to.name])];
  const made = producers(graph);
  return [...before].some((value) => value !== from.name && after.has(value) && steps.has(made.get(value)?.op ?? ""));
}

/** At most so many, those that must stay among them and the others evenly. */
function thinned(layers: readonly Layer[], kept: ReadonlySet<string>, most: number): Layer[] {
  if (layers.length <= most) return [...layers];
  const others = layers.filter(({ name }) => !kept.has(name));
  const room = Math.max(0, most - (layers.length - others.length));
  const chosen = new Set(
    Array.from({ length: room }, (_, i) => others[Math.floor(((i + 0.5) * others.length) / room)]?.name),
  );
  return layers.filter(({ name }) => kept.has(name) || chosen.has(name));
}
