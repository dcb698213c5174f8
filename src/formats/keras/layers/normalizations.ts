/** @file Layers that normalise: by statistics of the training set, of each position, or of groups of channels. */

import { isObject } from "../../../foundation/check.js";
import { at } from "../../../foundation/present.js";
import { float } from "../../../onnx/builder.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import type { Settings } from "../../json.js";
import { KerasTensor, product, type Size } from "../tensor.js";
import {
  type LayerCall,
  type LayerType,
  type LayerTypes,
  listVariables,
  onlyInput,
  perChannel,
  planes,
} from "./layer-type.js";

const affine = (settings: Settings): string[] =>
  listVariables(settings.flag("scale", true) && "gamma", settings.flag("center", true) && "beta");

/** Channels must be the last axis of the input. */
function checkAxis(settings: Settings, x: KerasTensor): void {
  settings.only("axis", -1, x.rank - 1, [-1], [x.rank - 1]);
}

function fill(count: number, value: number): Tensor {
  return float32([count], new Float32Array(count).fill(value));
}

/** A variable, or a vector of one value where the layer does without. */
function variableOr(call: LayerCall, name: string, count: number, value: number): Tensor {
  return call.has(name) ? call.tensor(name, [count]) : fill(count, value);
}

function channelCount(settings: Settings, x: KerasTensor): number {
  if (x.channels !== undefined) return x.channels;
  throw settings.refuse("expected an input with a known number of channels");
}

const batchNormalization: LayerType = {
  variables: (settings) => [...affine(settings), "moving_mean", "moving_variance"],
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    checkAxis(settings, x);
    settings.only("renorm", false);
    const count = channelCount(settings, x);
    const epsilon = settings.number("epsilon", 1e-3);
    const [gamma, beta] = [() => variableOr(call, "gamma", count, 1), () => variableOr(call, "beta", count, 0)];
    const mean = () => call.tensor("moving_mean", [count]);
    const variance = () => call.tensor("moving_variance", [count]);
    if (x.rank === 4 || x.rank === 2) {
      const makers = { gamma, beta, moving_mean: mean, moving_variance: variance };
      const constants = Object.entries(makers).map(([name, make]) => call.constant(name, make));
      const value = x.rank === 4 ? x.planes(op) : x.value;
      const [y] = op.node("BatchNormalization", [value, ...constants], { epsilon: float(epsilon) });
      return x.rank === 4 ? planes(y, x.shape) : x.with(y);
    }
    const scale = () => {
      const [g, v] = [floats(gamma()), floats(variance())];
      return g.map((each, i) => each / Math.sqrt(at(v, i) + epsilon));
    };
    const offset = () => {
      const [s, b, m] = [scale(), floats(beta()), floats(mean())];
      return b.map((each, i) => each - at(m, i) * at(s, i));
    };
    const scaled = op.Mul(
      x.value,
      call.constant("scale", () => float32([count], scale())),
    );
    return x.with(
      op.Add(
        scaled,
        call.constant("offset", () => float32([count], offset())),
      ),
    );
  },
};

const layerNormalization: LayerType = {
  variables: affine,
  emit: (call) => {
    const { op, settings } = call;
    settings.only("rms_scaling", false);
    const x = onlyInput(call);
    const axes = settings
      .numbers("axis", [-1])
      .map((axis) => x.axis(axis, "keras"))
      .sort((a, b) => a - b);
    const [first = 0] = axes;
    if (axes.some((axis, i) => axis !== first + i) || axes.at(-1) !== x.rank - 1) {
      throw settings.refuse(`axis: expected the last axes, got ${axes}`);
    }
    const dims = x.shape.slice(first);
    const scale = call.constant("gamma", () => (call.has("gamma") ? call.tensor("gamma", dims) : ones(call, dims)));
    const offset = call.has("beta") ? call.constant("beta", () => call.tensor("beta", dims)) : undefined;
    const epsilon = float(settings.number("epsilon", 1e-3));
    const inputs = [x.keras(op), scale, offset];
    return new KerasTensor(op.node("LayerNormalization", inputs, { axis: first, epsilon })[0], x.shape);
  },
};

function ones({ settings }: LayerCall, sizes: readonly Size[]): Tensor {
  const count = product(sizes);
  if (count === undefined) throw settings.refuse("axis: expected axes of known sizes");
  return fill(count, 1).reshape(sizes.map((size) => size ?? 1));
}

const groupNormalization: LayerType = {
  variables: affine,
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call, 4);
    checkAxis(settings, x);
    const count = channelCount(settings, x);
    const setting = settings.number("groups", 32);
    const groups = setting === -1 ? count : setting;
    if (!(groups >= 1) || count % groups !== 0) {
      throw settings.refuse(`groups: expected a divisor of ${count}, got ${setting}`);
    }
    const value = x.planes(op);
    const byGroup = op.Reshape(value, op.ints([0, groups, -1]));
    const [scale, offset] = [1, 0].map((each) => call.constant(`group ${each}`, () => fill(groups, each)));
    const epsilon = float(settings.number("epsilon", 1e-3));
    const [flat] = op.node("InstanceNormalization", [byGroup, scale, offset], { epsilon });
    const normal = planes(op.Reshape(flat, op.Shape(value)), x.shape);
    const gamma = perChannel(call, "gamma", normal, () => variableOr(call, "gamma", count, 1));
    const beta = perChannel(call, "beta", normal, () => variableOr(call, "beta", count, 0));
    return normal.with(op.Add(op.Mul(normal.value, gamma), beta));
  },
};

/** Mean and variance stand in the settings, or were adapted to data and are variables. */
const inputNormalization: LayerType = {
  variables: (settings) => (settings.json.mean == null ? ["mean", "variance", "count"] : []),
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    settings.only("axis", -1, x.rank - 1, [-1], [x.rank - 1], []);
    const statistic = (name: string): Float32Array => {
      const setting = settings.json[name];
      if (setting == null) return floats(call.tensor(name));
      const values = [setting].flat(Number.POSITIVE_INFINITY);
      if (values.every((each) => typeof each === "number")) return Float32Array.from(values);
      throw settings.refuse(`${name}: expected numbers`);
    };
    const numbers = (name: string, make: () => Float32Array) =>
      perChannel(call, name, x, () => {
        const values = make();
        if (values.length === 1 || values.length === x.channels) return float32([values.length], values);
        throw settings.refuse(`${name}: expected ${x.channels ?? 1} numbers, got ${values.length}`);
      });
    const mean = numbers("mean", () => statistic("mean"));
    const deviation = numbers("deviation", () => statistic("variance").map((each) => Math.max(Math.sqrt(each), 1e-7)));
    const y = settings.flag("invert", false)
      ? op.Add(op.Mul(x.value, deviation), mean)
      : op.Div(op.Sub(x.value, mean), deviation);
    return x.with(y);
  },
};

const rescaling: LayerType = {
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const numbers = (name: string, fallback: number) => {
      const setting = settings.json[name] ?? fallback;
      const content = isObject(setting) && isObject(setting.config) ? setting.config.value : setting;
      const values = [content].flat(Number.POSITIVE_INFINITY);
      if (!values.every((each) => typeof each === "number") || ![1, x.channels].includes(values.length)) {
        throw settings.refuse(`${name}: expected one number, or one per channel`);
      }
      return perChannel(call, name, x, () => float32(values.length === 1 ? [] : [values.length], values));
    };
    return x.with(op.Add(op.Mul(x.value, numbers("scale", 1)), numbers("offset", 0)));
  },
};

const layerScale: LayerType = {
  variables: () => ["gamma"],
  emit: (call) => {
    const x = onlyInput(call);
    return x.with(
      call.op.Mul(
        x.value,
        perChannel(call, "gamma", x, () => call.tensor("gamma", [x.channels])),
      ),
    );
  },
};

/** Along the given axes to length 1. */
const unitNormalization: LayerType = {
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const axes = settings.numbers("axis", [-1]).map((axis) => x.axis(axis));
    const squares = op.ReduceSum(op.Mul(x.value, x.value), op.ints(axes), { keepdims: 1 });
    return x.with(op.Div(x.value, op.Sqrt(op.Max(squares, op.scalar(1e-12)))));
  },
};

export const normalizations: LayerTypes = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  Normalization: inputNormalization,
  Rescaling: rescaling,
  LayerScale: layerScale,
  UnitNormalization: unitNormalization,
};
