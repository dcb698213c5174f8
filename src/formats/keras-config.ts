/** @file Keras' description of a model (any of its versions) as layers and the calls between them. */

import { FoveaError } from "../error.js";
import { isObject, type Json, list, object, shown, text } from "./json.js";

/** A value that some call of some layer of the same model made. */
export interface Reference {
  readonly layer: string;
  /** Which call of the layer, as the file counts it. */
  readonly call: number;
  /** Which of the call's outputs. */
  readonly output: number;
}

/** One use of a layer: values and constants, in order, lists opened. */
export type Call = readonly (Reference | number | readonly number[])[];

export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** Where in Keras the class stands; `""` where the file does not say. */
  readonly module: string;
  /** Under which name somebody registered the class; `""` for Keras' own. */
  readonly registered: string;
  readonly config: Json;
  readonly calls: readonly Call[];
  /** Of a model used as a layer. */
  readonly model: KerasModel | undefined;
}

export interface KerasModel {
  readonly name: string;
  /** A chain, whose layers have no calls of their own. */
  readonly sequential: boolean;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

const sequentials = new Set(["Sequential"]);
const functionals = new Set(["Functional", "Model"]);

/** What to do with a model that only Python can run. */
export const instead =
  'export it to ONNX where its code is: model.export("model.onnx", format="onnx"), or python -m tf2onnx.convert';

/**
 * @param where what errors begin with
 * @throws FoveaError `bad-file`; `unsupported-operator` for a model that is a Python class
 */
export function kerasModel(root: Json, where: string): KerasModel {
  const { className, registered } = classOf(root, where);
  const found = modelOf(className, root.config, where, 0);
  if (found) return found;
  throw new FoveaError(
    "unsupported-operator",
    `${where}: expected a Sequential or Functional model, got the Python class ${registered || className}: ${instead}`,
  );
}

function classOf(entry: Json, where: string): { className: string; registered: string } {
  const className = text(entry.class_name, `${where}: class_name`);
  const registered = typeof entry.registered_name === "string" ? entry.registered_name : "";
  return { className, registered };
}

function modelOf(className: string, value: unknown, where: string, depth: number): KerasModel | undefined {
  const sequential = sequentials.has(className);
  if (!sequential && !functionals.has(className)) return undefined;
  if (depth > 32) throw new FoveaError("bad-file", `${where}: expected at most 32 models inside each other, got more`);
  // Old TensorFlow.js wrote the layers of a chain without anything around them.
  const config: Json = Array.isArray(value) ? { layers: value } : object(value, `${where}: config`);
  if (!sequential && config.layers === undefined) return undefined;
  const layers = list(config.layers, `${where}: layers`).map((entry) =>
    layerOf(object(entry, `${where}: layer`), where, depth),
  );
  const names = new Set(layers.map(({ name }) => name));
  if (names.size < layers.length) {
    throw new FoveaError("bad-file", `${where}: expected layers with names of their own, got two alike`);
  }
  const name = typeof config.name === "string" ? config.name : "model";
  if (sequential) return { name, sequential, layers, inputs: [], outputs: [] };
  const ends = (key: string) => references(config[key], `${where}: ${key}`);
  return { name, sequential, layers, inputs: ends("input_layers"), outputs: ends("output_layers") };
}

function layerOf(entry: Json, where: string, depth: number): KerasLayer {
  const { className, registered } = classOf(entry, `${where}: layer`);
  const inside = isObject(entry.config) ? entry.config : {};
  const name = text(entry.name ?? inside.name ?? className.toLowerCase(), `${where}: name of a ${className}`);
  const at = `${where}: layer ${JSON.stringify(name)}`;
  return {
    name,
    className,
    module: typeof entry.module === "string" ? entry.module : "",
    registered,
    config: inside,
    calls: list(entry.inbound_nodes ?? [], `${at}: inbound_nodes`).map((node) => callOf(node, className, at)),
    model: modelOf(className, entry.config, at, depth + 1),
  };
}

/** Keras 3 writes {args, kwargs}; Keras 2 a list of [layer, call, output, kwargs]. */
function callOf(node: unknown, className: string, where: string): Call {
  if (isObject(node)) {
    const named = isObject(node.kwargs) ? node.kwargs : {};
    checkFlags(named, className, where);
    const other = Object.keys(named).find((key) => tensorOf(named[key]) !== undefined && !inputNames.includes(key));
    if (other) {
      throw new FoveaError("unsupported-operator", `${where}: expected no input "${other}", got one: ${instead}`);
    }
    const values = inputNames.map((key) => named[key]).filter((value) => value !== undefined);
    return [...list(node.args ?? [], `${where}: args`), ...values].flatMap((value) => argumentOf(value, where));
  }
  return list(node, `${where}: inbound_nodes`).flatMap((each) => {
    const [layer, call, output, named] = list(each, `${where}: inbound_nodes`);
    if (layer === "_CONSTANT_VALUE") return argumentOf(output, where);
    if (isObject(named)) checkFlags(named, className, where);
    const others = isObject(named) ? Object.values(named).filter(isReference) : [];
    return [reference([layer, call, output], where), ...others.map((other) => reference(other, where))];
  });
}

/** Inputs that may be given by name, in the order in which layers take them. */
const inputNames = ["inputs", "query", "value", "key", "x", "x1", "x2", "y"];

/** Layers that compute something else in training; others are written with training=True, too, and don't mind. */
const trainsOtherwise = /^(Batch|Random|Gaussian|Alpha|Stochastic|Sequential|Functional|Model)|Dropout/;

/** What changes the result of a call, and is not translated. */
function checkFlags(named: Json, className: string, where: string): void {
  const flags = [
    "use_causal_mask",
    "return_attention_scores",
    ...(trainsOtherwise.test(className) ? ["training"] : []),
  ];
  const flag = flags.find((key) => named[key] === true);
  if (flag === undefined) return;
  throw new FoveaError("unsupported-operator", `${where}: expected a call without ${flag}=True, got one: ${instead}`);
}

function argumentOf(value: unknown, where: string): Call {
  if (typeof value === "number") return [value];
  const tensor = tensorOf(value);
  if (tensor !== undefined) return [reference(tensor, where)];
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item === "number")) return [value as number[]];
    return value.flatMap((item) => argumentOf(item, where));
  }
  if (value === null || typeof value === "boolean" || typeof value === "string") return [];
  throw new FoveaError("bad-file", `${where}: expected values of other layers as inputs, got ${shown(value)}`);
}

function tensorOf(value: unknown): unknown {
  if (!isObject(value) || value.class_name !== "__keras_tensor__") return undefined;
  return isObject(value.config) ? (value.config.keras_history ?? null) : null;
}

/** One reference, a list of them, or an object of them. */
function references(value: unknown, where: string): Reference[] {
  if (isReference(value)) return [reference(value, where)];
  const all = isObject(value) ? Object.values(value) : list(value, where);
  return all.flatMap((each) => references(each, where));
}

function isReference(value: unknown): value is readonly [string, number, number] {
  return (
    Array.isArray(value) &&
    value.length >= 3 &&
    typeof value[0] === "string" &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

function reference(value: unknown, where: string): Reference {
  if (isReference(value)) return { layer: value[0], call: value[1], output: value[2] };
  throw new FoveaError("bad-file", `${where}: expected [layer, call, output], got ${shown(value)}`);
}
