/** @file Recurrent layers, and one in both directions. */

import { isObject } from "../../../foundation/check.js";
import type { AttributeLike, Attributes } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import { Settings, show } from "../../json.js";
import { instead } from "../config.js";
import { KerasTensor } from "../tensor.js";
import {
  type LayerCall,
  type LayerType,
  type LayerTypes,
  listVariables,
  onlyInput,
  permuteAxes,
  unsupported,
} from "./layer-type.js";

interface Kind {
  readonly operator: "LSTM" | "GRU" | "RNN";
  /** For each block of ONNX's rows, that of Keras' columns. */
  readonly blocks: readonly number[];
  /** The settings that name activations, in ONNX's order, with Keras' defaults. */
  readonly activations: readonly (readonly [string, string])[];
  /** The cell's name in files that are ordered by names. */
  readonly cell: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  // Keras has the gates i, f, c, o, ONNX i, o, f, c.
  LSTM: {
    operator: "LSTM",
    blocks: [0, 3, 1, 2],
    activations: [
      ["recurrent_activation", "sigmoid"],
      ["activation", "tanh"],
      ["activation", "tanh"],
    ],
    cell: "lstm_cell",
  },
  GRU: {
    operator: "GRU",
    blocks: [0, 1, 2],
    activations: [
      ["recurrent_activation", "sigmoid"],
      ["activation", "tanh"],
    ],
    cell: "gru_cell",
  },
  SimpleRNN: { operator: "RNN", blocks: [0], activations: [["activation", "tanh"]], cell: "simple_rnn_cell" },
};

/** ONNX's names of Keras' activations, each with its parameters. */
const activations: Readonly<Record<string, readonly [string, number?, number?]>> = {
  elu: ["Elu", 1],
  hard_sigmoid: ["HardSigmoid", 1 / 6, 0.5],
  leaky_relu: ["LeakyRelu", 0.2],
  linear: ["Affine", 1, 0],
  relu: ["Relu"],
  sigmoid: ["Sigmoid"],
  softplus: ["Softplus"],
  softsign: ["Softsign"],
  tanh: ["Tanh"],
};

/** The variables of a cell, each under its name in a file's groups and, behind them, those in lists of names. */
function cellVariables(settings: Settings, { cell }: Kind): string[] {
  const names = listVariables("kernel", "recurrent_kernel", settings.flag("use_bias", true) && "bias");
  return names.map((name) => `cell/${name}|${cell}/${name}|${name}`);
}

function activationAttributes({ settings, legacy }: LayerCall, kind: Kind): Attributes {
  const found = kind.activations.map(([setting, fallback]) => {
    const name = settings.json[setting] ?? fallback;
    const known = typeof name === "string" && Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (known === undefined) throw unsupported(settings.where, `unknown ${setting} ${show(name)}: ${instead}`);
    return legacy && name === "hard_sigmoid" ? (["HardSigmoid", 0.2, 0.5] as const) : known;
  });
  const parameters = (i: 1 | 2): AttributeLike | undefined => {
    const value = found.flatMap((each) => each[i] ?? []);
    return value.length === 0 ? undefined : { type: "floats", value };
  };
  const names = found.map(([name]) => name);
  return { activations: names, activation_alpha: parameters(1), activation_beta: parameters(2) };
}

/** Blocks of equal length in another order. */
function reorder(values: Float32Array, blocks: readonly number[]): number[] {
  const length = values.length / blocks.length;
  return blocks.flatMap((block) => [...values.subarray(block * length, (block + 1) * length)]);
}

/** Columns [in, blocks · units] as rows [1, blocks · units, in], in ONNX's order. */
function rowsOf(columns: Tensor, blocks: readonly number[]): Tensor {
  const [size = 0, all = 0] = columns.dims;
  return float32([1, all, size], reorder(floats(permuteAxes(columns, [1, 0])), blocks));
}

/** [1, 2 · blocks · units]: the biases of the input, then those of the state, which only some layers have. */
function biasOf(bias: Tensor, blocks: readonly number[]): Tensor {
  const count = bias.dims.at(-1) ?? 0;
  const values = floats(bias);
  const ofState = bias.dims.length === 2 ? values.subarray(count) : new Float32Array(count);
  return float32([1, 2 * count], [...reorder(values.subarray(0, count), blocks), ...reorder(ofState, blocks)]);
}

/** One direction: the states of all steps [N, T, units] in the order of time, or the last one [N, units]. */
function emitDirection(call: LayerCall, kind: Kind, x: KerasTensor, reverse: boolean, part = ""): KerasTensor {
  const { op, settings } = call;
  settings.only("return_state", false);
  settings.only("time_major", false);
  const units = settings.number("units");
  const width = units * kind.blocks.length;
  const tensor = (name: string, dims?: readonly (number | undefined)[]) => call.tensor(`${part}cell/${name}`, dims);
  const constant = (name: string, make: () => Tensor) => call.constant(`${part}${name}`, make);
  const w = constant("kernel", () => rowsOf(tensor("kernel", [x.channels, width]), kind.blocks));
  const r = constant("recurrent_kernel", () => rowsOf(tensor("recurrent_kernel", [units, width]), kind.blocks));
  const bias = call.has(`${part}cell/bias`) ? tensor("bias") : undefined;
  const b = bias && constant("bias", () => biasOf(bias, kind.blocks));
  const resetAfter = settings.flag("reset_after", bias === undefined || bias.dims.length === 2);
  const attributes: Attributes = {
    hidden_size: units,
    direction: reverse ? "reverse" : "forward",
    ...(kind.operator === "GRU" ? { linear_before_reset: resetAfter ? 1 : 0 } : {}),
    ...activationAttributes(call, kind),
  };
  const steps = op.Transpose(x.keras(op), { perm: [1, 0, 2] });
  const [y, last] = op.node(kind.operator, [steps, w, r, b], attributes, 2);
  if (!settings.flag("return_sequences", false)) {
    return new KerasTensor(op.Squeeze(last, op.ints([0])), [undefined, units]);
  }
  const all = op.Transpose(op.Squeeze(y, op.ints([1])), { perm: [1, 0, 2] });
  return new KerasTensor(all, [undefined, x.shape[1], units]);
}

/** The last step first. */
function flip({ op }: LayerCall, x: KerasTensor): KerasTensor {
  if (x.rank !== 3) return x;
  return x.with(op.Slice(x.value, op.ints([-1]), op.ints([-(2 ** 31)]), op.ints([1]), op.ints([-1])));
}

const layerOf = (kind: Kind): LayerType => ({
  variables: (settings) => cellVariables(settings, kind),
  emit: (call) => {
    const backwards = call.settings.flag("go_backwards", false);
    const y = emitDirection(call, kind, onlyInput(call, 3), backwards);
    // Keras gives the states in the order in which the layer took the steps.
    return backwards ? flip(call, y) : y;
  },
});

const merges: Readonly<Record<string, (call: LayerCall, a: KerasTensor, b: KerasTensor) => Value>> = {
  concat: ({ op }, a, b) => op.Concat(a.value, b.value, { axis: a.rank - 1 }),
  sum: ({ op }, a, b) => op.Add(a.value, b.value),
  mul: ({ op }, a, b) => op.Mul(a.value, b.value),
  ave: ({ op }, a, b) => op.Mul(op.Add(a.value, b.value), op.scalar(0.5)),
};

/** The layers of both directions. Keras 2 wrote the backward one only where it was somebody's own. */
function bothLayers(settings: Settings) {
  const { json, where } = settings;
  const read = (entry: unknown) => {
    const className = isObject(entry) ? entry.class_name : undefined;
    const kind = typeof className === "string" && Object.hasOwn(kinds, className) ? kinds[className] : undefined;
    if (kind === undefined || !isObject(entry) || !isObject(entry.config)) {
      const known = Object.keys(kinds).join(", ");
      throw unsupported(where, `layer: expected one of ${known}, got ${show(className)}: ${instead}`);
    }
    return { kind, settings: new Settings(entry.config, where) };
  };
  const forward = read(json.layer);
  return { forward, backward: json.backward_layer == null ? forward : read(json.backward_layer) };
}

const bidirectional: LayerType = {
  variables: (settings) => {
    const { forward, backward } = bothLayers(settings);
    return Object.entries({ forward, backward }).flatMap(([direction, { kind, settings: own }]) => {
      const name = typeof own.json.name === "string" ? own.json.name.replace(/^(forward|backward)_/, "") : "";
      return cellVariables(own, kind).map((names) => {
        const [inGroups = "", ...inLists] = names.split("|");
        return [`${direction}_layer/${inGroups}`, ...inLists.map((each) => `${direction}_${name}/${each}`)].join("|");
      });
    });
  },
  emit: (call) => {
    const x = onlyInput(call, 3);
    const { forward, backward } = bothLayers(call.settings);
    const mode = call.settings.string("merge_mode", "none");
    const merge = Object.hasOwn(merges, mode) ? merges[mode] : undefined;
    if (merge === undefined) {
      throw call.settings.refuse(`merge_mode: expected one of ${Object.keys(merges).join(", ")}, got ${mode}`);
    }
    const emit = ({ kind, settings }: typeof forward, reverse: boolean) =>
      emitDirection({ ...call, settings }, kind, x, reverse, reverse ? "backward_layer/" : "forward_layer/");
    const [a, b] = [emit(forward, false), emit(backward, true)];
    const width = mode === "concat" ? (a.channels ?? 0) + (b.channels ?? 0) : a.channels;
    return new KerasTensor(merge(call, a, b), [...a.shape.slice(0, -1), width]);
  },
};

export const recurrent: LayerTypes = {
  ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, layerOf(kind)])),
  Bidirectional: bidirectional,
};
