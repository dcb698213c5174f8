/** @file Activation functions by Keras' names, and the layers that are nothing else. */

import { isObject } from "../../../foundation/check.js";
import { float } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { float32 } from "../../../onnx/tensor.js";
import { Settings, show } from "../../json.js";
import { instead } from "../config.js";
import type { KerasTensor } from "../tensor.js";
import { type LayerCall, type LayerTypes, onlyInput, permuteAxes, unsupported } from "./layer-type.js";

type Activation = (call: LayerCall, x: KerasTensor) => Value;

const node =
  (name: string, attributes: Readonly<Record<string, number>> = {}): Activation =>
  ({ op }, { value }) =>
    op.node(
      name,
      [value],
      Object.fromEntries(Object.entries(attributes).map(([key, number]) => [key, float(number)])),
    )[0];

const hardSigmoid: Activation = (call, x) =>
  node("HardSigmoid", { alpha: call.legacy ? 0.2 : 1 / 6, beta: 0.5 })(call, x);
const hardSilu = node("HardSwish");
const silu: Activation = ({ op }, { value }) => op.Mul(value, op.Sigmoid(value));
const softmax: Activation = ({ op }, x) => op.Softmax(x.value, { axis: x.axis(-1) });
const clip = ({ op }: LayerCall, { value }: KerasTensor, low: number, high: number) =>
  op.Clip(value, op.scalar(low), op.scalar(high));

export const activations = {
  linear: ({ op }, { value }) => op.Identity(value),
  relu: ({ op }, { value }) => op.Relu(value),
  relu6: (call, x) => clip(call, x, 0, 6),
  selu: node("Selu"),
  elu: node("Elu"),
  celu: node("Celu"),
  silu,
  swish: silu,
  gelu: ({ op }, { value }) =>
    op.Mul(op.Mul(value, op.scalar(0.5)), op.Add(op.Erf(op.Mul(value, op.scalar(Math.SQRT1_2))), op.scalar(1))),
  mish: ({ op }, { value }) => op.Mul(value, op.Tanh(op.Softplus(value))),
  softsign: node("Softsign"),
  softplus: ({ op }, { value }) => op.Softplus(value),
  exponential: ({ op }, { value }) => op.Exp(value),
  leaky_relu: ({ op }, { value }) => op.LeakyRelu(value, { alpha: float(0.2) }),
  hard_tanh: (call, x) => clip(call, x, -1, 1),
  tanh_shrink: ({ op }, { value }) => op.Sub(value, op.Tanh(value)),
  hard_shrink: ({ op }, { value }) => op.Where(op.Greater(op.Abs(value), op.scalar(0.5)), value, op.scalar(0)),
  soft_shrink: ({ op }, { value }) => op.Sub(value, op.Clip(value, op.scalar(-0.5), op.scalar(0.5))),
  log_sigmoid: ({ op }, { value }) => op.Neg(op.Softplus(op.Neg(value))),
  sigmoid: ({ op }, { value }) => op.Sigmoid(value),
  hard_sigmoid: hardSigmoid,
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  tanh: ({ op }, { value }) => op.Tanh(value),
  softmax,
  log_softmax: ({ op }, x) => op.LogSoftmax(x.value, { axis: x.axis(-1) }),
} satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

function isActivationName(name: string): name is ActivationName {
  return Object.hasOwn(activations, name);
}

/** Applies a layer's activation: none, a name, or a layer of its own. */
export function applyActivation(call: LayerCall, x: KerasTensor): KerasTensor {
  const setting = call.settings.json.activation ?? "linear";
  if (setting === "linear") return x;
  if (typeof setting === "string") {
    if (isActivationName(setting)) return x.with(activations[setting](call, x));
    throw unsupported(call.settings.where, `unknown activation ${show(setting)}: ${instead}`);
  }
  const name = isObject(setting) && typeof setting.class_name === "string" ? setting.class_name : "";
  const type = Object.hasOwn(activationLayers, name) ? activationLayers[name] : undefined;
  if (type === undefined || type.variables || !isObject(setting) || !isObject(setting.config)) {
    throw unsupported(call.settings.where, `unknown activation ${show(setting)}: ${instead}`);
  }
  return type.emit({ ...call, settings: new Settings(setting.config, call.settings.where), inputs: [x], args: [x] });
}

export const activationLayers: LayerTypes = {
  Activation: {
    emit: (call) => applyActivation(call, onlyInput(call)),
  },
  ReLU: {
    emit: (call) => {
      const x = onlyInput(call);
      const { op, settings } = call;
      const [slope, threshold] = [settings.number("negative_slope", 0), settings.number("threshold", 0)];
      const most = settings.json.max_value == null ? Number.POSITIVE_INFINITY : settings.number("max_value");
      return x.with(relu(op, x.value, slope, threshold, most));
    },
  },
  LeakyReLU: {
    emit: (call) => {
      const x = onlyInput(call);
      const slope = call.settings.number("negative_slope", call.settings.number("alpha", 0.3));
      return x.with(call.op.LeakyRelu(x.value, { alpha: float(slope) }));
    },
  },
  ELU: {
    emit: (call) => {
      const x = onlyInput(call);
      return x.with(node("Elu", { alpha: call.settings.number("alpha", 1) })(call, x));
    },
  },
  ThresholdedReLU: {
    emit: (call) => {
      const x = onlyInput(call);
      return x.with(node("ThresholdedRelu", { alpha: call.settings.number("theta", 1) })(call, x));
    },
  },
  Softmax: {
    emit: (call) => {
      const x = onlyInput(call);
      const [axis = -1, ...others] = call.settings.numbers("axis", [-1]);
      if (others.length > 0) throw call.settings.refuse("axis: expected one axis, got several");
      return x.with(call.op.Softmax(x.value, { axis: x.axis(axis) }));
    },
  },
  PReLU: {
    variables: () => ["alpha"],
    emit: (call) => {
      const x = onlyInput(call);
      const slope = call.constant(`alpha of ${x.layout}`, () => {
        const alpha = call.tensor("alpha");
        if (alpha.dims.length !== x.rank - 1) throw call.settings.refuse(`alpha: expected ${x.rank - 1} axes`);
        return x.layout === "planes" ? permuteAxes(alpha, [2, 0, 1]) : alpha;
      });
      return x.with(call.op.node("PRelu", [x.value, slope])[0]);
    },
  },
};

/** `x` between threshold and `most`, `slope * (x - threshold)` below. */
function relu(op: LayerCall["op"], x: Value, slope: number, threshold: number, most: number): Value {
  if (slope === 0 && threshold === 0) {
    return most === Number.POSITIVE_INFINITY ? op.Relu(x) : op.Clip(x, op.scalar(0), op.scalar(most));
  }
  const below =
    slope === 0 ? op.scalar(0) : op.Mul(op.Sub(x, op.scalar(threshold)), op.constant(float32([], [slope]), "slope"));
  const above = most === Number.POSITIVE_INFINITY ? x : op.Min(x, op.scalar(most));
  return op.Where(op.GreaterOrEqual(x, op.scalar(threshold)), above, below);
}
