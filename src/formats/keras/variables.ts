/** @file Which stored arrays are the variables of which layer. */

import type { Tensor } from "../../onnx/tensor.js";
import { Settings } from "../json.js";
import type { KerasLayer, KerasModel } from "./config.js";
import type { VariablesOf } from "./graph.js";
import { typeOfLayer } from "./layers/index.js";

/** Names of a layer's variables in Keras' order, each with its other names. */
export function variableNames(layer: KerasLayer, where: string): string[][] {
  if (layer.model || layer.className === "InputLayer") return [];
  const at = `${where}: layer ${JSON.stringify(layer.name)}`;
  const names = typeOfLayer(layer, at).variables?.(new Settings(layer.config, at)) ?? [];
  return names.map((name) => name.split("|"));
}

/** All layers of a model and of those inside it, in the order of the file. */
export function leaves(model: KerasModel): KerasLayer[] {
  return model.layers.flatMap((layer) => (layer.model ? leaves(layer.model) : [layer]));
}

/** A layer that is reached in two places has its variables in one of them: the other borrows them by name and kind. */
export function borrowing(model: KerasModel, own: ReadonlyMap<KerasLayer, ReadonlyMap<string, Tensor>>): VariablesOf {
  const none: ReadonlyMap<string, Tensor> = new Map();
  const all = leaves(model);
  return (layer) => {
    const found = own.get(layer) ?? none;
    if (found.size > 0) return found;
    const twin = all.find(
      (each) => each.name === layer.name && each.className === layer.className && own.get(each)?.size,
    );
    return (twin && own.get(twin)) ?? none;
  };
}

/** An array under the name that the file gives it. */
export interface Stored {
  /** `layer/variable`, with more in front or not; without `:0`. */
  readonly name: string;
  readonly read: () => Tensor;
}

/**
 * Finds the variables of layers among arrays that were stored together: by name, and where names are of no use by order.
 * @param layers those that the arrays belong to
 * @param own where what is found is noted
 */
export function assign(
  layers: readonly KerasLayer[],
  stored: readonly Stored[],
  own: Map<KerasLayer, ReadonlyMap<string, Tensor>>,
  where: string,
): void {
  const wanted = layers.flatMap((layer) => variableNames(layer, where).map((names) => ({ layer, names })));
  const left = [...stored];
  const byName = wanted.map(({ layer, names }) => {
    const ends = names.map((name) => `${layer.name}/${name}`);
    const exact = left.findIndex(({ name }) => ends.includes(name));
    const at = exact >= 0 ? exact : left.findIndex(({ name }) => ends.some((end) => name.endsWith(`/${end}`)));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  // Old versions of Keras numbered names anew on every use: then only the order is left.
  const inOrder = byName.includes(undefined) && wanted.length === stored.length;
  const order = [...wanted].sort((a, b) => Number(isFrozen(a)) - Number(isFrozen(b)));
  for (const [i, each] of wanted.entries()) {
    const entry = inOrder ? stored[order.indexOf(each)] : byName[i];
    const found = new Map(own.get(each.layer));
    own.set(each.layer, entry ? found.set(each.names[0] as string, entry.read()) : found);
  }
}

/** Keras stores what is not trained behind what is. */
function isFrozen({ layer, names }: { readonly layer: KerasLayer; readonly names: readonly string[] }): boolean {
  const statistics = ["moving_mean", "moving_variance", "mean", "variance", "count"];
  return layer.config.trainable === false || statistics.includes(names[0] as string);
}
