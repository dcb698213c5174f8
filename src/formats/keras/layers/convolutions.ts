/** @file Convolutions and pools, padded as TensorFlow does: where `same` is uneven, more at the end. */

import type { Attributes, Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { Tensor } from "../../../onnx/tensor.js";
import type { Settings } from "../../json.js";
import { KerasTensor, type Size } from "../tensor.js";
import { activated } from "./activations.js";
import { type LayerCall, type LayerType, type LayerTypes, onlyInput, permuted, planes, present } from "./layer-type.js";

type Pair = readonly [number, number];

interface Window {
  readonly attributes: Attributes;
  /** What comes out of [H, W]. */
  readonly sizes: readonly [Size, Size];
}

function windowOf(settings: Settings, x: KerasTensor, kernel: Pair, strides: Pair, dilations: Pair): Window {
  settings.only("data_format", "channels_last");
  const same = settings.string("padding", "valid") === "same";
  settings.only("padding", "same", "valid");
  const attributes = { kernel_shape: kernel, strides, ...(dilations.every((d) => d === 1) ? {} : { dilations }) };
  const reach = kernel.map((size, i) => (size - 1) * (dilations[i] as number) + 1);
  const sizes = [x.shape[1], x.shape[2]];
  const out = sizes.map((size, i) => {
    if (size === undefined) return undefined;
    const step = strides[i] as number;
    const count = same ? Math.ceil(size / step) : Math.floor((size - (reach[i] as number)) / step) + 1;
    if (count >= 1) return count;
    throw settings.refuse(`expected an input of at least ${reach.join("x")}, got ${sizes.join("x")}`);
  }) as [Size, Size];
  if (!same) return { attributes, sizes: out };
  const totals = sizes.map((size, i) =>
    size === undefined
      ? undefined
      : Math.max(0, ((out[i] as number) - 1) * (strides[i] as number) + (reach[i] as number) - size),
  );
  if (totals.includes(undefined)) return { attributes: { ...attributes, auto_pad: "SAME_UPPER" }, sizes: out };
  const begin = (totals as number[]).map((total) => Math.floor(total / 2));
  const end = (totals as number[]).map((total) => Math.ceil(total / 2));
  const pads = [...begin, ...end];
  return { attributes: pads.some((pad) => pad > 0) ? { ...attributes, pads } : attributes, sizes: out };
}

function bias(call: LayerCall, count: Size): Value | undefined {
  if (!call.settings.flag("use_bias", true)) return undefined;
  return call.constant("bias", () => call.tensor("bias", [count]));
}

/** The weights of a depthwise convolution, channel by channel: [in * multiplier, 1, h, w]. */
function depthwiseKernel(kernel: Tensor): Tensor {
  const [rows = 0, columns = 0, channels = 0, multiplier = 0] = kernel.dims;
  return permuted(kernel, [2, 3, 0, 1]).reshape([channels * multiplier, 1, rows, columns]);
}

function depthwise(call: LayerCall, x: KerasTensor, variable: string, withBias: boolean): KerasTensor {
  const { op, settings } = call;
  const kernelSize = settings.pair("kernel_size");
  const channels = x.channels;
  // The weights tell: TensorFlow.js does not write depth_multiplier for separable convolutions.
  const multiplier = call.tensor(variable, [...kernelSize, channels, undefined]).dims[3] as number;
  const strides = settings.pair("strides", [1, 1]);
  const { attributes, sizes } = windowOf(settings, x, kernelSize, strides, settings.pair("dilation_rate", [1, 1]));
  const kernel = call.constant(variable, () => depthwiseKernel(call.tensor(variable)));
  const group = channels ?? 1;
  const added = withBias ? bias(call, group * multiplier) : undefined;
  const y = op.Conv(x.planes(op), kernel, added, { ...attributes, group });
  return planes(y, [undefined, ...sizes, group * multiplier]);
}

const withBias = (...names: readonly string[]): LayerType["variables"] => {
  return (settings) => present(...names, settings.flag("use_bias", true) && "bias");
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
        permuted(call.tensor("kernel", [...kernelSize, depth, filters]), [3, 2, 0, 1]),
      );
      const y = op.Conv(x.planes(op), kernel, bias(call, filters), { ...attributes, group });
      return activated(call, planes(y, [undefined, ...sizes, filters]));
    },
  },
  DepthwiseConv2D: {
    variables: withBias("kernel|depthwise_kernel"),
    emit: (call) => activated(call, depthwise(call, onlyInput(call, 4), "kernel", true)),
  },
  SeparableConv2D: {
    variables: withBias("depthwise_kernel", "pointwise_kernel"),
    emit: (call) => {
      const { op, settings } = call;
      const between = depthwise(call, onlyInput(call, 4), "depthwise_kernel", false);
      const filters = settings.number("filters");
      const kernel = call.constant("pointwise_kernel", () =>
        permuted(call.tensor("pointwise_kernel", [1, 1, between.channels, filters]), [3, 2, 0, 1]),
      );
      const y = op.Conv(between.value, kernel, bias(call, filters), { kernel_shape: [1, 1] });
      return activated(call, planes(y, [...between.shape.slice(0, 3), filters]));
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
      const extra = kernelSize.map((size, i) => size - (strides[i] as number));
      const crop = extra.map((size) => (same ? Math.max(0, size) : 0));
      const pads = [...crop.map((size) => Math.floor(size / 2)), ...crop.map((size) => Math.ceil(size / 2))];
      const kernel = call.constant("kernel", () =>
        permuted(call.tensor("kernel", [...kernelSize, filters, x.channels]), [3, 2, 0, 1]),
      );
      const y = op.ConvTranspose(x.planes(op), kernel, bias(call, filters), {
        kernel_shape: kernelSize,
        strides,
        pads,
        output_padding: extra.map((size) => Math.max(0, -size)),
      });
      const sizes = [x.shape[1], x.shape[2]].map((size, i) =>
        size === undefined ? undefined : size * (strides[i] as number) + (same ? 0 : Math.max(0, extra[i] as number)),
      );
      return activated(call, planes(y, [undefined, ...sizes, filters]));
    },
  },
  MaxPooling2D: { emit: pool((op, x, attributes) => op.node("MaxPool", [x], attributes)[0] as Value) },
  AveragePooling2D: { emit: pool((op, x, attributes) => op.AveragePool(x, attributes)) },
  GlobalAveragePooling2D: { emit: (call) => globally(call, "GlobalAveragePool", "ReduceMean") },
  // TensorFlow shares a maximum's gradient among equal elements: ReduceMax does, GlobalMaxPool does not.
  GlobalMaxPooling2D: { emit: (call) => globally(call, undefined, "ReduceMax") },
  GlobalAveragePooling1D: { emit: (call) => alongTokens(call, "ReduceMean") },
  GlobalMaxPooling1D: { emit: (call) => alongTokens(call, "ReduceMax") },
};

function globally(call: LayerCall, ofPlanes: string | undefined, reduce: "ReduceMean" | "ReduceMax"): KerasTensor {
  const { op, settings } = call;
  settings.only("data_format", "channels_last");
  const x = onlyInput(call, 4);
  const keep = settings.flag("keepdims", false);
  const shape = keep ? [undefined, 1, 1, x.channels] : [undefined, x.channels];
  const keepdims = keep ? 1 : 0;
  if (x.layout === "keras") return new KerasTensor(op[reduce](x.value, op.ints([1, 2]), { keepdims }), shape);
  const pooled = ofPlanes
    ? (op.node(ofPlanes, [x.value])[0] as Value)
    : op[reduce](x.value, op.ints([2, 3]), { keepdims });
  if (keep) return planes(pooled, shape);
  return new KerasTensor(ofPlanes ? op.Flatten(pooled) : pooled, shape);
}

function alongTokens(call: LayerCall, reduce: "ReduceMean" | "ReduceMax"): KerasTensor {
  call.settings.only("data_format", "channels_last");
  const x = onlyInput(call, 3);
  const keep = call.settings.flag("keepdims", false);
  const shape = keep ? [undefined, 1, x.channels] : [undefined, x.channels];
  return new KerasTensor(call.op[reduce](x.value, call.op.ints([1]), { keepdims: keep ? 1 : 0 }), shape);
}
