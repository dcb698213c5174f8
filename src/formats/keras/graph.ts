/** @file Turns a Keras model into an ONNX graph, whose values bear the names of the layers. */

import { FoveaError } from "../../foundation/error.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { Tensor } from "../../onnx/tensor.js";
import { type Json, list, Settings, show } from "../json.js";
import type { Call, KerasLayer, KerasModel, KerasSource, Reference } from "./config.js";
import { layerTypes, typeOfLayer } from "./layers/index.js";
import type { LayerCall } from "./layers/layer-type.js";
import { writeModelNames } from "./model-names.js";
import { KerasTensor, type Size } from "./tensor.js";

/**
 * The model as a graph. Images go in as [N, H, W, C], as Keras has them. A layer of a model inside the model is called
 * `outer/inner`.
 * @throws FoveaError `unsupported-operator`, `bad-file`, `shape-mismatch`
 */
export function kerasGraph(source: KerasSource): Graph {
  const op = new Builder(emptyGraph(source.model.name));
  writeModelNames(op.graph.metadata, source.model);
  const translation = new Translation(op, source);
  const inputs = translation.inputsOf(source.model);
  const outputs = translation.model(source.model, inputs, "");
  const values = outputs.map((output) => {
    const value = output.keras(op);
    op.graph.types.set(value, { type: "float32", dims: output.shape.map((size, i) => (i === 0 ? "N" : (size ?? ""))) });
    return op.output(value);
  });
  return prune(op.graph, values);
}

/** Models inside each other that are called twice each double at every level. */
const mostCalls = 20_000;

/** Elements of a value of one image: more than any that makes sense. */
const mostElements = 2 ** 28;

class Translation {
  readonly #op: Builder;
  readonly #source: KerasSource;
  readonly #constants = new Map<KerasLayer, Map<string, Value>>();
  #applied = 0;

  constructor(op: Builder, source: KerasSource) {
    this.#op = op;
    this.#source = source;
  }

  /** The run-time inputs of the whole model. */
  inputsOf(model: KerasModel): KerasTensor[] {
    const inputLayers = model.inputs.map(({ layer }) => this.#findLayer(model, layer));
    const layers = model.sequential ? [model.layers[0]] : inputLayers;
    return layers.map((layer) => {
      if (layer === undefined) throw this.#fileError(`expected layers, got a model without any`);
      const shape = this.#inputShape(layer);
      const name = this.#op.fresh(layer.className === "InputLayer" ? layer.name : `${layer.name}_input`);
      this.#op.input(
        name,
        "float32",
        shape.map((size, i) => (i === 0 ? "N" : (size ?? ""))),
      );
      return new KerasTensor(name, [undefined, ...shape.slice(1)]);
    });
  }

  /** The outputs of a model, given its inputs. */
  model(model: KerasModel, inputs: readonly KerasTensor[], prefix: string): readonly KerasTensor[] {
    return model.sequential ? this.#chain(model, inputs, prefix) : this.#network(model, inputs, prefix);
  }

  #chain({ layers }: KerasModel, inputs: readonly KerasTensor[], prefix: string): readonly KerasTensor[] {
    return layers.reduce(
      (values, layer) => (layer.className === "InputLayer" ? values : this.#apply(layer, values, {}, prefix)),
      inputs,
    );
  }

  /** Calls layers as soon as their inputs are there: files list them nearly, but not always, in that order. */
  #network(model: KerasModel, inputs: readonly KerasTensor[], prefix: string): KerasTensor[] {
    const calls = new Map<string, readonly KerasTensor[]>();
    const key = (layer: string, call: number) => `${call} ${layer}`;
    for (const [i, { layer }] of model.inputs.entries()) {
      const input = inputs[i];
      if (input === undefined) throw this.#fileError(`model ${prefix}: expected ${model.inputs.length} inputs`);
      calls.set(key(layer, 0), [input]);
    }
    const indices = new CallIndices(model, this.#source.legacy);
    const resultOf = (reference: Reference, isOutput = false) =>
      calls.get(key(reference.layer, indices.of(reference, isOutput)))?.[reference.output];
    const all = model.layers.flatMap((layer) => layer.calls.map((call, index) => new PendingCall(layer, call, index)));
    const pending = all.filter(({ layer, index }) => !calls.has(key(layer.name, index)));
    const waiting = new Map<string, PendingCall[]>();
    // Those that waited for a result follow when it is there.
    for (const each of pending) {
      const { layer, call, index } = each;
      const missing = each.missing((reference) => resultOf(reference) !== undefined);
      if (missing) {
        const other = key(missing.layer, indices.of(missing, false));
        const others = waiting.get(other);
        if (others) others.push(each);
        else waiting.set(other, [each]);
        continue;
      }
      const args = call.args.flatMap((arg) => (arg instanceof Tensor ? arg : (resultOf(arg) ?? [])));
      const own = key(layer.name, index);
      calls.set(own, this.#apply(layer, args, call.named, prefix));
      for (const other of waiting.get(own) ?? []) pending.push(other);
      waiting.delete(own);
    }
    const [left] = [...waiting.values()].flat();
    if (left) {
      const got = `got ${show(left.missing(() => false))}`;
      throw this.#fileError(`layer ${show(left.layer.name)}: expected an input that comes before it, ${got}`);
    }
    return model.outputs.map((reference) => {
      const output = resultOf(reference, true);
      if (output) return output;
      throw this.#fileError(`output_layers: expected the output of a layer, got ${show(reference)}`);
    });
  }

  #apply(layer: KerasLayer, args: LayerCall["args"], named: Json, prefix: string): readonly KerasTensor[] {
    this.#applied++;
    if (this.#applied > mostCalls) throw this.#fileError(`expected at most ${mostCalls} calls of layers, got more`);
    const path = prefix + layer.name;
    const inputs = args.filter((each) => each instanceof KerasTensor);
    if (layer.model) return this.model(layer.model, inputs, `${path}/`);
    if (layer.wrapped) return this.#everyStep(layer, layer.wrapped, inputs, prefix);
    const where = `${this.#source.where}: layer ${show(path)}`;
    const type = typeOfLayer(layer, where);
    const settings = new Settings({ ...layer.config, ...named }, where);
    const variables = this.#source.variables(layer);
    const tensor: LayerCall["tensor"] = (name, dims) => {
      const variable = variables.get(name);
      if (variable === undefined) throw new FoveaError("bad-file", `${where}: expected weights "${name}", got none`);
      const fits =
        !dims ||
        (dims.length === variable.dims.length && dims.every((d, i) => (d ?? variable.dims[i]) === variable.dims[i]));
      if (fits) return variable;
      const expected = `[${dims.map((dim) => dim ?? "?").join(", ")}]`;
      const got = `[${variable.dims.join(", ")}]`;
      throw new FoveaError("shape-mismatch", `${where}: weights "${name}": expected ${expected}, got ${got}`);
    };
    const constants = this.#constants.get(layer) ?? new Map<string, Value>();
    this.#constants.set(layer, constants);
    const op = this.#op.scope(path);
    const constant: LayerCall["constant"] = (name, make) => {
      const existing = constants.get(name);
      if (existing !== undefined) return existing;
      const value = op.constant(make(), name);
      constants.set(name, value);
      return value;
    };
    const has = (name: string) => variables.has(name);
    const { legacy } = this.#source;
    const result = type.emit({ op, settings, inputs, args, legacy, has, tensor, constant, layers: layerTypes });
    refuseVast(result, where);
    return [this.#named(result, path)];
  }

  /** Applies a layer to every step of [N, T, ...]: the steps of all images are one batch for it. */
  #everyStep(layer: KerasLayer, wrapped: KerasLayer, inputs: readonly KerasTensor[], prefix: string): KerasTensor[] {
    const path = prefix + layer.name;
    const [x] = inputs;
    const [, steps, ...sizes] = x?.shape ?? [];
    if (x === undefined || inputs.length > 1 || steps === undefined || sizes.filter((size) => !size).length > 0) {
      const where = `${this.#source.where}: layer ${show(path)}`;
      throw new FoveaError("unsupported-operator", `${where}: expected one input of known sizes [steps, ...]`);
    }
    const op = this.#op.scope(path);
    const known = sizes.map((size) => size ?? -1);
    const merged = new KerasTensor(op.Reshape(x.keras(op), op.ints([-1, ...known])), [undefined, ...sizes]);
    return this.#apply(wrapped, [merged], {}, `${path}/`).map((y) => {
      const shape = y.shape.slice(1).map((size) => size ?? -1);
      const split = op.Reshape(y.keras(op), op.ints([-1, steps, ...shape]));
      return this.#named(new KerasTensor(split, [undefined, steps, ...y.shape.slice(1)]), path);
    });
  }

  /** Gives the node that was appended last the layer's name: it made the result. */
  #named(result: KerasTensor, path: string): KerasTensor {
    const { nodes } = this.#op.graph;
    const last = nodes.at(-1);
    const name = this.#op.fresh(path);
    if (last === undefined || last.outputs.length > 1 || last.outputs[0] !== result.value) {
      return result.named(this.#op.layer(name, "Identity", [result.value]));
    }
    nodes[nodes.length - 1] = { ...last, name, outputs: [name] };
    return result.named(name);
  }

  #findLayer(model: KerasModel, name: string): KerasLayer {
    const layer = model.layers.find((each) => each.name === name);
    if (layer) return layer;
    throw this.#fileError(`input_layers: expected the name of a layer, got ${show(name)}`);
  }

  /** Keras 3 writes batch_shape, Keras 2 batch_input_shape; a chain may begin with a model. */
  #inputShape(layer: KerasLayer): Size[] {
    const first = layer.model?.layers[0];
    if (first) return this.#inputShape(first);
    const where = `${this.#source.where}: layer ${show(layer.name)}`;
    const shape = list(layer.config.batch_shape ?? layer.config.batch_input_shape, `${where}: batch_shape`);
    const sizes = shape.map((size) => size ?? undefined);
    const isSize = (size: unknown): size is Size =>
      size === undefined || (typeof size === "number" && Number.isInteger(size) && size >= 1);
    const elements = sizes.slice(1).reduce((product: number, size) => product * (isSize(size) ? (size ?? 1) : 1), 1);
    if (elements > mostElements) throw new FoveaError("bad-file", `${where}: expected images, got ${show(shape)}`);
    if (sizes.length >= 2 && sizes.every(isSize)) return sizes;
    throw new FoveaError("bad-file", `${where}: expected the shape of images, got ${show(shape)}`);
  }

  #fileError(message: string): FoveaError {
    return new FoveaError("bad-file", `${this.#source.where}: ${message}`);
  }
}

function refuseVast({ shape }: KerasTensor, where: string): void {
  if (shape.slice(1).reduce((product: number, size) => product * (size ?? 1), 1) <= mostElements) return;
  const sizes = shape.map((size) => size ?? "?").join(", ");
  throw new FoveaError("bad-file", `${where}: expected at most ${mostElements} numbers for an image, got [${sizes}]`);
}

/** A call whose inputs may not be there yet. */
class PendingCall {
  readonly layer: KerasLayer;
  readonly call: Call;
  readonly index: number;
  /** How many of its inputs are known to be there. */
  #ready = 0;

  constructor(layer: KerasLayer, call: Call, index: number) {
    this.layer = layer;
    this.call = call;
    this.index = index;
  }

  /** The first input that is not there. */
  missing(isThere: (reference: Reference) => boolean): Reference | undefined {
    for (const { args } = this.call; this.#ready < args.length; this.#ready++) {
      const arg = args[this.#ready];
      if (arg !== undefined && !(arg instanceof Tensor) && !isThere(arg)) return arg;
    }
    return undefined;
  }
}

/**
 * The indices of a file's calls. Keras counts calls from 0, but those of models inside the model from 1: Keras 2 everywhere, Keras 3
 * where a Functional model is an output.
 */
class CallIndices {
  readonly #layers: Map<string, KerasLayer>;
  readonly #least = new Map<string, number>();
  readonly #legacy: boolean;

  constructor(model: KerasModel, legacy: boolean) {
    this.#layers = new Map(model.layers.map((layer) => [layer.name, layer]));
    this.#legacy = legacy;
    const args = model.layers.flatMap(({ calls }) => calls.flatMap((call) => call.args));
    const reads = args.flatMap((each) => (each instanceof Tensor ? [] : [each]));
    for (const each of [...reads, ...model.outputs]) {
      this.#least.set(each.layer, Math.min(each.call, this.#least.get(each.layer) ?? each.call));
    }
  }

  of({ layer: name, call }: Reference, isOutput: boolean): number {
    const layer = this.#layers.get(name);
    if (layer === undefined || layer.calls.length <= 1) return 0;
    if (layer.model === undefined) return call;
    if (this.#legacy) return call - (this.#least.get(name) ?? 0);
    return isOutput && !layer.model.sequential ? call - 1 : call;
  }
}
