/** @file Chooses the layers that show a network's way from the picture to the scores. */

import { producers } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { stages } from "./choose-layer.js";
import { explainableLayers } from "./find-layers.js";
import type { Layer } from "./layer.js";
import type { GridOptions } from "./layout.js";
import { isOnEveryPath } from "./reach.js";

/** Operators that look beyond one place or channel: each begins a step, and all others belong to the step before. */
const steps = new Set([
  ...["Conv", "ConvInteger", "QLinearConv", "ConvTranspose", "MatMul", "MatMulInteger", "Gemm", "Einsum", "Attention"],
  ...["MaxPool", "AveragePool", "LpPool", "Concat", "Resize", "DepthToSpace", "SpaceToDepth"],
]);

/**
 * Layers on every path from the picture to the scores, each the last of its step (after bias, normalisation and activation),
 * in order of computation; the last is the one that `auto` stands for, and the last layer of each size is among them.
 * @param most the largest number of layers; of more some are left out evenly. Default 16
 */
export function milestones(
  model: Model,
  { most = 16, ...options }: GridOptions & { readonly most?: number } = {},
): Layer[] {
  const ends = stages(model, options);
  const last = ends[0]?.name;
  const all = explainableLayers(model, options);
  const layers = all.slice(0, all.findIndex(({ name }) => name === last) + 1);
  const required = new Set(ends.map(({ name }) => name));
  const onEveryPath = layers.filter(({ name }) => required.has(name) || isOnEveryPath(model, name));
  const stepEnds = onEveryPath.filter((layer, i) => {
    const next = onEveryPath[i + 1];
    return next === undefined || required.has(layer.name) || isStep(model, layer, next);
  });
  return thinOut(stepEnds, required, most);
}

/** Whether something between two layers looks beyond single places and channels. */
function isStep({ graph }: Model, from: Layer, to: Layer): boolean {
  const [after, before] = [descendants(graph, [from.name]), ancestors(graph, [to.name])];
  const madeBy = producers(graph);
  return [...before].some((value) => value !== from.name && after.has(value) && steps.has(madeBy.get(value)?.op ?? ""));
}

/** At most so many layers: the required ones, and the others evenly. */
function thinOut(layers: readonly Layer[], required: ReadonlySet<string>, most: number): Layer[] {
  if (layers.length <= most) return [...layers];
  const others = layers.filter(({ name }) => !required.has(name));
  const room = Math.max(0, most - (layers.length - others.length));
  const evenly = new Set(
    Array.from({ length: room }, (_, i) => others[Math.floor(((i + 0.5) * others.length) / room)]?.name),
  );
  return layers.filter(({ name }) => required.has(name) || evenly.has(name));
}
