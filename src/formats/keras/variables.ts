/** @file Gives stored arrays to the layers whose variables they are. */

import { at } from "../../foundation/present.js";
import type { Tensor } from "../../onnx/tensor.js";
import { Settings, show } from "../json.js";
import type { KerasLayer, KerasModel, VariablesOf } from "./config.js";
import { typeOfLayer } from "./layers/index.js";

/** Names of a layer's variables in Keras' order, each with its other names. */
export function variableNames(layer: KerasLayer, where: string): string[][] {
  if (layer.model || layer.className === "InputLayer") return [];
  const place = `${where}: layer ${show(layer.name)}`;
  const names = typeOfLayer(layer, place).variables?.(new Settings(layer.config, place)) ?? [];
  return names.map((name) => name.split("|"));
}

/** All layers of a model and of those inside it, in the order of the file. */
export function leafLayers(model: KerasModel): KerasLayer[] {
  return model.layers.flatMap(leavesOf);
}

/** A layer, or those of which it consists. */
export function leavesOf(layer: KerasLayer): KerasLayer[] {
  if (layer.model) return leafLayers(layer.model);
  return layer.wrapped ? leavesOf(layer.wrapped) : [layer];
}

/** A layer that is reached in two places has its variables in one of them: the other borrows them by name and kind. */
export function shareVariables(
  model: KerasModel,
  variables: ReadonlyMap<KerasLayer, ReadonlyMap<string, Tensor>>,
): VariablesOf {
  const none: ReadonlyMap<string, Tensor> = new Map();
  const all = leafLayers(model);
  return (layer) => {
    const ofLayer = variables.get(layer) ?? none;
    if (ofLayer.size > 0) return ofLayer;
    const twin = all.find(
      (each) => each.name === layer.name && each.className === layer.className && variables.get(each)?.size,
    );
    return (twin && variables.get(twin)) ?? none;
  };
}

/** An array under the name that the file gives it. */
export interface StoredArray {
  /** `layer/variable`, with more in front or not; without `:0`. */
  readonly name: string;
  readonly read: () => Tensor;
}

/**
 * Finds the variables of layers among arrays that were stored together: by name, and where names are of no use by order.
 * @param layers those that the arrays belong to
 * @param variables takes the variables of each layer
 */
export function assignVariables(
  layers: readonly KerasLayer[],
  arrays: readonly StoredArray[],
  variables: Map<KerasLayer, ReadonlyMap<string, Tensor>>,
  where: string,
): void {
  const slots = layers.flatMap((layer) => variableNames(layer, where).map((names) => ({ layer, names })));
  const left = [...arrays];
  const byName = slots.map(({ layer, names }) => {
    const ends = names.map((name) => `${layer.name}/${name}`);
    const exact = left.findIndex(({ name }) => ends.includes(name));
    const index = exact >= 0 ? exact : left.findIndex(({ name }) => ends.some((end) => name.endsWith(`/${end}`)));
    return index < 0 ? undefined : left.splice(index, 1)[0];
  });
  // Old versions of Keras numbered names anew on every use: then only the order is left.
  const byOrder = byName.includes(undefined) && slots.length === arrays.length;
  const order = [...slots].sort((a, b) => Number(isFrozen(a)) - Number(isFrozen(b)));
  for (const [i, slot] of slots.entries()) {
    const array = byOrder ? arrays[order.indexOf(slot)] : byName[i];
    const ofLayer = new Map(variables.get(slot.layer));
    variables.set(slot.layer, array ? ofLayer.set(at(slot.names, 0), array.read()) : ofLayer);
  }
}

/** Keras stores variables that are not trained behind those that are. */
function isFrozen({ layer, names }: { readonly layer: KerasLayer; readonly names: readonly string[] }): boolean {
  const statistics = ["moving_mean", "moving_variance", "mean", "variance", "count"];
  return layer.config.trainable === false || statistics.includes(at(names, 0));
}
