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
  const key = ({ name, className }: KerasLayer) => `${className} ${name}`;
  const first = new Map<string, ReadonlyMap<string, Tensor>>();
  for (const layer of leafLayers(model)) {
    const found = variables.get(layer);
    if (found?.size && !first.has(key(layer))) first.set(key(layer), found);
  }
  return (layer) => {
    const ofLayer = variables.get(layer) ?? none;
    return ofLayer.size > 0 ? ofLayer : (first.get(key(layer)) ?? none);
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
  const left = new ArraysByName(arrays);
  const byName = slots.map(({ layer, names }) => left.take(names.map((name) => `${layer.name}/${name}`)));
  // Old versions of Keras numbered names anew on every use: then only the order is left.
  const byOrder = byName.includes(undefined) && slots.length === arrays.length;
  const order = [...slots].sort((a, b) => Number(isFrozen(a)) - Number(isFrozen(b)));
  const places = new Map(order.map((slot, place) => [slot, place]));
  for (const [i, slot] of slots.entries()) {
    const array = byOrder ? arrays[places.get(slot) ?? -1] : byName[i];
    const ofLayer = new Map(variables.get(slot.layer));
    variables.set(slot.layer, array ? ofLayer.set(at(slot.names, 0), array.read()) : ofLayer);
  }
}

/** Parts of a name, from its end, by which it is looked up. */
const mostParts = 64;

/** Arrays that are each handed out once. */
class ArraysByName {
  readonly #arrays: readonly StoredArray[];
  readonly #taken = new Set<number>();
  /** By whole name, and by what follows each slash: their places, the first at the end. */
  readonly #whole = new Map<string, number[]>();
  readonly #ends = new Map<string, number[]>();

  constructor(arrays: readonly StoredArray[]) {
    this.#arrays = arrays;
    for (const [i, { name }] of [...arrays.entries()].reverse()) {
      append(this.#whole, name, i);
      let slash = name.lastIndexOf("/");
      for (let part = 0; part < mostParts && slash >= 0; part++) {
        append(this.#ends, name.slice(slash + 1), i);
        slash = slash === 0 ? -1 : name.lastIndexOf("/", slash - 1);
      }
    }
  }

  /** The first array that is left of one of these names, or else whose name ends so behind a slash. */
  take(names: readonly string[]): StoredArray | undefined {
    const place = this.#first(this.#whole, names) ?? this.#first(this.#ends, names);
    if (place === undefined) return undefined;
    this.#taken.add(place);
    return this.#arrays[place];
  }

  #first(places: ReadonlyMap<string, number[]>, names: readonly string[]): number | undefined {
    const found = names.flatMap((name) => {
      const all = places.get(name) ?? [];
      while (all.length > 0 && this.#taken.has(all.at(-1) ?? -1)) all.pop();
      return all.slice(-1);
    });
    return found.length > 0 ? Math.min(...found) : undefined;
  }
}

function append(places: Map<string, number[]>, name: string, place: number): void {
  const all = places.get(name);
  if (all) all.push(place);
  else places.set(name, [place]);
}

/** Keras stores variables that are not trained behind those that are. */
function isFrozen({ layer, names }: { readonly layer: KerasLayer; readonly names: readonly string[] }): boolean {
  const statistics = ["moving_mean", "moving_variance", "mean", "variance", "count"];
  return layer.config.trainable === false || statistics.includes(at(names, 0));
}
