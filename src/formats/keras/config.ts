/** @file Keras' description of a model (any of its versions) as layers and the calls between them. */

import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { float32, type Tensor } from "../../onnx/tensor.js";
import { type Json, list, object, show, text } from "../json.js";

/** A value that some call of some layer of the same model made. */
export interface Reference {
  readonly layer: string;
  /** Which call of the layer, as the file counts it. */
  readonly call: number;
  /** Which of the call's outputs. */
  readonly output: number;
}

/** One use of a layer. */
export interface Call {
  /** Values and constants, in order, lists opened. */
  readonly args: readonly (Reference | Tensor)[];
  /** Other arguments, by name: settings of this call. */
  readonly named: Json;
}

export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** The module of Keras that holds the class; `""` where the file does not name it. */
  readonly module: string;
  /** The name under which somebody registered the class; `""` for Keras' own. */
  readonly registered: string;
  readonly config: Json;
  readonly calls: readonly Call[];
  /** Of a model used as a layer. */
  readonly model: KerasModel | undefined;
  /** Of a TimeDistributed: the layer that it applies to every step. */
  readonly wrapped: KerasLayer | undefined;
}

export interface KerasModel {
  readonly name: string;
  /** A chain, whose layers have no calls of their own. */
  readonly sequential: boolean;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

/** The variables of a layer by name. */
export type VariablesOf = (layer: KerasLayer) => ReadonlyMap<string, Tensor>;

/** A model as it was read from a file. */
export interface KerasSource {
  readonly model: KerasModel;
  readonly variables: VariablesOf;
  /** Whether Keras 2 wrote the file. */
  readonly legacy: boolean;
  /** Begins the errors. */
  readonly where: string;
}

const sequentials = new Set(["Sequential"]);
const functionals = new Set(["Functional", "Model"]);

/** Advice for a model that only Python can run. */
export const instead =
  'export it to ONNX where its code is: model.export("model.onnx", format="onnx"), or python -m tf2onnx.convert';

/** Advice where a part of the model is missing. */
export const saveWhole = 'save it whole with model.save("model.keras")';

/**
 * @param where begins the errors
 * @throws FoveaError `bad-file`; `unsupported-operator` for a model that is a Python class
 */
export function kerasModel(root: Json, where: string): KerasModel {
  const { className, registered } = classOf(root, where);
  const model = modelOf(className, root.config, where, { depth: 0, count: { layers: 0 } });
  if (model) return model;
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

/** How far a description has been read. */
interface Progress {
  /** Models around this one. */
  readonly depth: number;
  /** Of all layers of the whole file. */
  readonly count: { layers: number };
}

/** Far above any network: the deepest have some thousand. */
const mostLayers = 10_000;

function modelOf(className: string, value: unknown, where: string, progress: Progress): KerasModel | undefined {
  if (progress.depth > 32)
    throw new FoveaError("bad-file", `${where}: expected at most 32 models inside each other, got more`);
  const sequential = sequentials.has(className);
  if (!sequential && !functionals.has(className)) return undefined;
  // Old TensorFlow.js wrote the layers of a chain without anything around them.
  const config: Json = Array.isArray(value) ? { layers: value } : object(value, `${where}: config`);
  if (!sequential && config.layers === undefined) return undefined;
  const layers = list(config.layers, `${where}: layers`).map((entry) =>
    layerOf(object(entry, `${where}: layer`), where, progress),
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

function layerOf(entry: Json, where: string, { depth, count }: Progress): KerasLayer {
  count.layers++;
  if (count.layers > mostLayers) {
    throw new FoveaError("bad-file", `${where}: expected at most ${mostLayers} layers, got more`);
  }
  const inner = { depth: depth + 1, count };
  const { className, registered } = classOf(entry, `${where}: layer`);
  const inside = isObject(entry.config) ? entry.config : {};
  const name = text(entry.name ?? inside.name ?? className.toLowerCase(), `${where}: name of a ${className}`);
  const at = `${where}: layer ${show(name)}`;
  return {
    name,
    className,
    module: typeof entry.module === "string" ? entry.module : "",
    registered,
    config: inside,
    calls: list(entry.inbound_nodes ?? [], `${at}: inbound_nodes`).map((node) => callOf(node, className, at)),
    model: modelOf(className, entry.config, at, inner),
    wrapped: className === "TimeDistributed" ? layerOf(object(inside.layer, `${at}: layer`), where, inner) : undefined,
  };
}

/** Keras 3 writes {args, kwargs}; Keras 2 a list of [layer, call, output, kwargs], or a single one of these. */
function callOf(node: unknown, className: string, where: string): Call {
  if (isObject(node)) {
    const [x, key, ...rest] = list(node.args ?? [], `${where}: args`);
    // The parts of an index look like operands.
    const [positional, index] = className === "GetItem" ? [[x], { slice_spec: key }] : [[x, key, ...rest], {}];
    const named = { ...(isObject(node.kwargs) ? node.kwargs : {}), ...index };
    return createCall(argumentsOf(positional, where), named, className, where);
  }
  const whole = list(node, `${where}: inbound_nodes`);
  const entries = typeof whole[0] === "string" ? [whole] : whole.map((each) => list(each, `${where}: inbound_nodes`));
  const first = entries[0]?.[3];
  const args = entries.flatMap(([layer, call, output]) =>
    layer === constant ? argumentOf(output, where) : reference([layer, call, output], where),
  );
  return createCall(args, isObject(first) ? first : {}, className, where);
}

/** In place of a layer's name. */
const constant = "_CONSTANT_VALUE";

function createCall(args: Call["args"], named: Json, className: string, where: string): Call {
  checkFlags(named, className, where);
  const names = Object.keys(named);
  const other = names.find((name) => !inputNames.includes(name) && holdsReference(named[name]));
  if (other) {
    throw new FoveaError("unsupported-operator", `${where}: expected no input "${other}", got one: ${instead}`);
  }
  const inputs = inputNames.filter((name) => name in named).map((name) => named[name]);
  return {
    args: [...args, ...argumentsOf(inputs, where)],
    named: Object.fromEntries(names.filter((name) => !inputNames.includes(name)).map((name) => [name, named[name]])),
  };
}

/** Inputs that may be given by name, in the order in which layers take them. */
const inputNames = ["inputs", "query", "value", "key", "x", "x1", "x2", "y", "b", "bias"];

/** Layers that compute something else in training; others are written with training=True, too, and don't mind. */
const trainsOtherwise =
  /^(Batch|Rand|AugMix|MixUp|CutMix|Gaussian|Alpha|Stochastic|Sequential|Functional|Model)|Dropout/;

/** Refuses flags that change the result of a call and are not translated. */
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

/** The values and constants in a list of arguments. */
function argumentsOf(values: readonly unknown[], where: string, depth = 0): Call["args"] {
  if (depth > mostLists) {
    throw new FoveaError(
      "bad-file",
      `${where}: inputs: expected at most ${mostLists} lists inside each other, got more`,
    );
  }
  return values.flatMap((value) => argumentOf(value, where, depth));
}

/** Lists of inputs inside each other. */
const mostLists = 16;

function argumentOf(value: unknown, where: string, depth = 0): Call["args"] {
  const array = arrayOf(value);
  if (array) return [array];
  const tensor = isReference(value) ? value : tensorOf(value);
  if (tensor !== undefined) return [reference(tensor, where)];
  if (Array.isArray(value)) return argumentsOf(value, where, depth + 1);
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "string") return [];
  throw new FoveaError("bad-file", `${where}: expected values of other layers as inputs, got ${show(value)}`);
}

/** A number, lists of numbers, or an array as Keras 3 writes it; undefined for anything else. */
export function arrayOf(value: unknown): Tensor | undefined {
  const isArray = isObject(value) && (value.class_name === "__tensor__" || value.class_name === "__numpy__");
  const content = isArray && isObject(value.config) ? value.config.value : value;
  const dims: number[] = [];
  for (let inner = content; Array.isArray(inner); inner = inner[0]) dims.push(inner.length);
  const numbers = [content].flat(Number.POSITIVE_INFINITY);
  const isWhole = numbers.length > 0 && numbers.length === dims.reduce((size, dim) => size * dim, 1);
  return isWhole && numbers.every((each) => typeof each === "number") ? float32(dims, numbers) : undefined;
}

function holdsReference(value: unknown): boolean {
  if (isReference(value) || tensorOf(value) !== undefined) return true;
  return Array.isArray(value) && value.some(holdsReference);
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
  throw new FoveaError("bad-file", `${where}: expected [layer, call, output], got ${show(value)}`);
}
