/** @file Tensors by the names of a graph's inputs and outputs, among them names of our own. */

import type { Value } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";

/** The inputs or the outputs of a run. */
export type Tensors = Readonly<Record<Value, Tensor>>;

/** Names of our own inputs and outputs, which must not meet a name of the network's. */
export const own = (name: string): Value => `fovea/${name}`;

/** A tensor that a run must have returned. */
export function tensorNamed(tensors: Tensors, name: Value): Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`internal: a run returned no ${name}`);
  return tensor;
}

/** Outputs of our own that a run must have returned. */
export function ownTensors<Name extends string>(tensors: Tensors, names: readonly Name[]): Record<Name, Tensor> {
  const entries = names.map((name) => [name, tensorNamed(tensors, own(name))] as const);
  return Object.fromEntries(entries) as Record<Name, Tensor>;
}

/** Outputs of our own, those that a run returned. */
export function presentTensors<Name extends string>(
  tensors: Tensors,
  names: readonly Name[],
): Record<Name, Tensor | undefined> {
  const entries = names.map((name) => [name, tensors[own(name)]] as const);
  return Object.fromEntries(entries) as Record<Name, Tensor | undefined>;
}

/** Feeds under names of our own. */
export function ownFeeds(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [own(name), tensor]));
}
