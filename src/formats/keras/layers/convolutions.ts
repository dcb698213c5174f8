/** @file Convolutions and pools, padded as TensorFlow does: where `same` is uneven, more at the end. */

import { at } from "../../../foundation/present.js";
import type { Attributes, Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { Tensor } from "../../../onnx/tensor.js";
import type { Settings } from "../../json.js";
import { KerasTensor, type Size } from "../tensor.js";
import { applyActivation } from "./activations.js";
import {
  type LayerCall,
  type LayerType,
  type LayerTypes,
  listVariables,
  onlyInput,
  permuteAxes,
  planes,
} from "./layer-type.js";

type Pair = readonly [number, number];

interface Window {
  readonly attributes: Attributes;
  /** The sizes of the output, for [H, W]. */
  readonly sizes: readonly [Size, Size];
}

function windowOf(settings: Settings, x: KerasTensor, kernel: Pair, strides: Pair, dilations: Pair): Window {
  settings.only("data_format", "channels_last");
  const same = settings.string("padding", "valid") === "same";
  settings.only("padding", "same", "valid");
  const attributes = { kernel_shape: kernel, strides, ...(dilations.every((d) => d === 1) ? {} : { dilations }) };
  const reach: Pair = [(kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1];
  const [, rows, columns] = x.shape;
  const count = (size: Size, axis: 0 | 1): Size => {
    if (size === undefined) return undefined;
    const step = strides[axis];
    const positions = same ? Math.ceil(size / step) : Math.floor((size - reach[axis]) / step) + 1;
    if (positions >= 1) return positions;
    throw settings.refuse(`expected an input of at least ${reach.join("x")}, got ${[rows, columns].join("x")}`);
  };
  const [down, across] = [count(rows, 0), count(columns, 1)];
  const sizes = [down, across] as const;
  if (!same) return { attributes, sizes };
  if (rows === undefined || columns === undefined || down === undefined || across === undefined) {
    return { attributes: { ...attributes, auto_pad: "SAME_UPPER" }, sizes };
  }
  const totals = [
    Math.max(0, (down - 1) * strides[0] + reach[0] - rows),
    Math.max(0, (across - 1) * strides[1] + reach[1] - columns),
  ];
  const pads = [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
  return { attributes: pads.some((pad) => pad > 0) ? { ...attributes, pads } : attributes, sizes };
}

function bias(call: LayerCall, count: Size): Value | undefined {
  if (!call.settings.flag("use_bias", true)) return undefined;
  return call.constant("bias", () => call.tensor("bias", [count]));
}

/** The weights of a depthwise convolution, channel by channel: [in * multiplier, 1, h, w]. */
function depthwiseKernel(kernel: Tensor): Tensor {
  const [rows = 0, columns = 0, channels = 0, multiplier = 0] = kernel.dims;
  return permuteAxes(kernel, [2, 3, 0, 1]).reshape([channels * multiplier, 1, rows, columns]);
}

function depthwise(call: LayerCall, x: KerasTensor, variable: string, withBias: boolean): KerasTensor {
  const { op, settings } = call;
  const kernelSize = settings.pair("kernel_size");
  const channels = x.channels;
  // The weights tell: TensorFlow.js does not write depth_multiplier for separable convolutions.
  const multiplier = at(call.tensor(variable, [...kernelSize, channels, undefined]).dims, 3);
  const strides = settings.pair("strides", [1, 1]);
  const { attributes, sizes } = windowOf(settings, x, kernelSize, strides, settings.pair("dilation_rate", [1, 1]));
  const kernel = call.constant(variable, () => depthwiseKernel(call.tensor(variable)));
  const group = channels ?? 1;
  const offset = withBias ? bias(call, group * multiplier) : undefined;
  const y = op.Conv(x.planes(op), kernel, offset, { ...attributes, group });
  return planes(y, [undefined, ...sizes, group * multiplier]);
}

const withBias = (...names: readonly string[]): LayerType["variables"] => {
  return (settings) => listVariables(...names, settings.flag("use_bias", true) && "bias");
};

const pool =
  (emit: (op: Builder, x: Value, attributes: Attributes) => Value) =>
  (call: LayerCall): KerasTensor => {
    const { op, settings } = call;
    const x = onlyInput(call, 4);
    const size = settings.pair("pool_size", [2, 2]);
    const strides = settings.pair("strides", size);
    const { sizes } = windowOf(settings, x, size, strides, [1, 1]);
    // Not as pads: onnxruntime 1.30 would merge a ZeroPadding2D before the pool into them, as if it were padded with nothing.
    const auto_pad = settings.string("padding", "valid") === "same" ? "SAME_UPPER" : "VALID";
    const attributes = { kernel_shape: size, strides, auto_pad };
    return planes(emit(op, x.planes(op), attributes), [undefined, ...sizes, x.channels]);
  };

export const convolutions: LayerTypes = {
  Conv2D: {
    variables: withBias("kernel"),
    emit: (call) => {
      const { op, settings } = call;
      const x = onlyInput(call, 4);
      const [kernelSize, filters] = [settings.pair("kernel_size"), settings.number("filters")];
      const group = settings.number("groups", 1);
      const strides = settings.pair("strides", [1, 1]);
      const { attributes, sizes } = windowOf(settings, x, kernelSize, strides, settings.pair("dilation_rate", [1, 1]));
      const depth = x.channels === undefined ? undefined : x.channels / group;
      const kernel = call.constant("kernel", () =>
        permuteAxes(call.tensor("kernel", [...kernelSize, depth, filters]), [3, 2, 0, 1]),
      );
      const y = op.Conv(x.planes(op), kernel, bias(call, filters), { ...attributes, group });
      return applyActivation(call, planes(y, [undefined, ...sizes, filters]));
    },
  },
  DepthwiseConv2D: {
    variables: withBias("kernel|depthwise_kernel"),
    emit: (call) => applyActivation(call, depthwise(call, onlyInput(call, 4), "kernel", true)),
  },
  SeparableConv2D: {
    variables: withBias("depthwise_kernel", "pointwise_kernel"),
    emit: (call) => {
      const { op, settings } = call;
      const between = depthwise(call, onlyInput(call, 4), "depthwise_kernel", false);
      const filters = settings.number("filters");
      const kernel = call.constant("pointwise_kernel", () =>
        permuteAxes(call.tensor("pointwise_kernel", [1, 1, between.channels, filters]), [3, 2, 0, 1]),
      );
      const y = op.Conv(between.value, kernel, bias(call, filters), { kernel_shape: [1, 1] });
      return applyActivation(call, planes(y, [...between.shape.slice(0, 3), filters]));
    },
  },
  Conv2DTranspose: {
    variables: withBias("kernel"),
    emit: (call) => {
      const { op, settings } = call;
      for (const name of ["output_padding", "dilation_rate"]) settings.only(name, 1, [1, 1]);
      if (settings.json.output_padding) settings.only("output_padding");
      settings.only("data_format", "channels_last");
      settings.only("padding", "same", "valid");
      const x = onlyInput(call, 4);
      const [kernelSize, filters] = [settings.pair("kernel_size"), settings.number("filters")];
      const strides = settings.pair("strides", [1, 1]);
      const same = settings.string("padding", "valid") === "same";
      const extra = kernelSize.map((size, i) => size - at(strides, i));
      const crop = extra.map((size) => (same ? Math.max(0, size) : 0));
      const pads = [...crop.map((size) => Math.floor(size / 2)), ...crop.map((size) => Math.ceil(size / 2))];
      const kernel = call.constant("kernel", () =>
        permuteAxes(call.tensor("kernel", [...kernelSize, filters, x.channels]), [3, 2, 0, 1]),
      );
      const y = op.ConvTranspose(x.planes(op), kernel, bias(call, filters), {
        kernel_shape: kernelSize,
        strides,
        pads,
        output_padding: extra.map((size) => Math.max(0, -size)),
      });
      const sizes = [x.shape[1], x.shape[2]].map((size, i) =>
        size === undefined ? undefined : size * at(strides, i) + (same ? 0 : Math.max(0, at(extra, i))),
      );
      return applyActivation(call, planes(y, [undefined, ...sizes, filters]));
    },
  },
  MaxPooling2D: { emit: pool((op, x, attributes) => op.node("MaxPool", [x], attributes)[0]) },
  AveragePooling2D: { emit: pool((op, x, attributes) => op.AveragePool(x, attributes)) },
  GlobalAveragePooling2D: { emit: (call) => poolGlobally(call, "GlobalAveragePool", "ReduceMean") },
  // TensorFlow shares a maximum's gradient among equal elements: ReduceMax does, GlobalMaxPool does not.
  GlobalMaxPooling2D: { emit: (call) => poolGlobally(call, undefined, "ReduceMax") },
  GlobalAveragePooling1D: { emit: (call) => poolTokens(call, "ReduceMean") },
  GlobalMaxPooling1D: { emit: (call) => poolTokens(call, "ReduceMax") },
};

function poolGlobally(call: LayerCall, ofPlanes: string | undefined, reduce: "ReduceMean" | "ReduceMax"): KerasTensor {
  const { op, settings } = call;
  settings.only("data_format", "channels_last");
  const x = onlyInput(call, 4);
  const keep = settings.flag("keepdims", false);
  const shape = keep ? [undefined, 1, 1, x.channels] : [undefined, x.channels];
  const keepdims = keep ? 1 : 0;
  if (x.layout === "keras") return new KerasTensor(op[reduce](x.value, op.ints([1, 2]), { keepdims }), shape);
  const pooled = ofPlanes ? op.node(ofPlanes, [x.value])[0] : op[reduce](x.value, op.ints([2, 3]), { keepdims });
  if (keep) return planes(pooled, shape);
  return new KerasTensor(ofPlanes ? op.Flatten(pooled) : pooled, shape);
}

function poolTokens(call: LayerCall, reduce: "ReduceMean" | "ReduceMax"): KerasTensor {
  call.settings.only("data_format", "channels_last");
  const x = onlyInput(call, 3);
  const keep = call.settings.flag("keepdims", false);
  const shape = keep ? [undefined, 1, x.channels] : [undefined, x.channels];
  return new KerasTensor(call.op[reduce](x.value, call.op.ints([1]), { keepdims: keep ? 1 : 0 }), shape);
}
