/** @file Layers that move, pad, cut or resize, dense layers, and layers that do nothing outside training. */

import { at } from "../../../foundation/present.js";
import { float32 } from "../../../onnx/tensor.js";
import { KerasTensor, product, type Size } from "../tensor.js";
import { applyActivation } from "./activations.js";
import { type LayerCall, type LayerType, type LayerTypes, listVariables, onlyInput, planes } from "./layer-type.js";

/** Layers that change only training: the value itself. */
const identity: LayerType = {
  emit: (call) => {
    const x = onlyInput(call);
    return x.with(call.op.Identity(x.value));
  },
};

const dense: LayerType = {
  variables: (settings) => listVariables("kernel", settings.flag("use_bias", true) && "bias"),
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const units = settings.number("units");
    const kernel = call.constant("kernel", () => call.tensor("kernel", [x.channels, units]));
    const bias = call.has("bias") ? call.constant("bias", () => call.tensor("bias", [units])) : undefined;
    const shape = [...x.shape.slice(0, -1), units];
    if (x.rank === 2) return applyActivation(call, new KerasTensor(op.Gemm(x.value, kernel, bias), shape));
    const y = op.MatMul(x.keras(op), kernel);
    return applyActivation(call, new KerasTensor(bias === undefined ? y : op.Add(y, bias), shape));
  },
};

const reshape: LayerType = {
  emit: (call) => {
    const { settings } = call;
    const x = onlyInput(call);
    const target = settings.numbers("target_shape");
    const free = target.filter((size) => size === -1).length;
    const [all, rest] = [product(x.shape.slice(1)), target.reduce((size, each) => size * (each === -1 ? 1 : each), 1)];
    const freeSize = free === 1 ? (all === undefined ? undefined : all / rest) : undefined;
    const fits = free === 1 ? freeSize === undefined || Number.isInteger(freeSize) : all === undefined || all === rest;
    if (free > 1 || target.some((size) => size < -1 || size === 0) || !fits) {
      throw settings.refuse(`target_shape: expected a shape of ${all ?? "all"} numbers, got ${target}`);
    }
    return reshapeTo(
      call,
      x,
      target.map((size) => (size === -1 ? freeSize : size)),
    );
  },
};

/** One number per channel is as well one plane of 1x1 per channel, where a convolution can follow at once. */
function reshapeTo({ op }: LayerCall, x: KerasTensor, sizes: readonly Size[]): KerasTensor {
  const shape = [undefined, ...sizes];
  if (shape.length === 4 && sizes[0] === 1 && sizes[1] === 1 && sizes[2] !== undefined) {
    return planes(op.Reshape(x.keras(op), op.ints([0, sizes[2], 1, 1])), shape);
  }
  return new KerasTensor(op.Reshape(x.keras(op), op.ints([0, ...sizes.map((size) => size ?? -1)])), shape);
}

/** Sizes of a picture after `change` rows and columns were added. */
function grow(x: KerasTensor, change: readonly number[]): Size[] {
  const sizes = [x.shape[1], x.shape[2]].map((size, i) => (size === undefined ? size : size + at(change, i)));
  return [undefined, ...sizes, x.channels];
}

function resize(call: LayerCall, x: KerasTensor, sizes: readonly [number, number], upsample: boolean): KerasTensor {
  const { op, settings } = call;
  settings.only("data_format", "channels_last");
  settings.only("interpolation", "nearest", "bilinear");
  const nearest = settings.string("interpolation", upsample ? "nearest" : "bilinear") === "nearest";
  const how = nearest
    ? { mode: "nearest", coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" }
    : { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  const scales = upsample ? op.constant(float32([4], [1, 1, ...sizes]), "scales") : undefined;
  const value = x.planes(op);
  // All four sizes: onnxruntime 1.30 moves Transposes past a Resize with `axes`, and takes these for all.
  const outer = upsample ? undefined : op.Slice(op.Shape(value), op.ints([0]), op.ints([2]));
  const target = upsample ? undefined : op.Concat(outer, op.ints(sizes), { axis: 0 });
  const y = op.Resize(value, undefined, scales, target, how);
  const out = upsample ? [x.shape[1], x.shape[2]].map((size, i) => size && size * at(sizes, i)) : sizes;
  return planes(y, [undefined, ...out, x.channels]);
}

function crop(call: LayerCall, x: KerasTensor, begin: readonly number[], end: readonly number[]): KerasTensor {
  const { op, settings } = call;
  const shape = grow(
    x,
    begin.map((size, i) => -size - at(end, i)),
  );
  if (shape.some((size) => size !== undefined && size < 1)) throw settings.refuse("expected to leave something over");
  const stops = end.map((size) => (size === 0 ? 2 ** 31 : -size));
  const y = op.Slice(x.planes(op), op.ints(begin), op.ints(stops), op.ints([2, 3]));
  return planes(y, shape);
}

const random = [
  ...["RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"],
  ...["RandomHue", "RandomSaturation", "RandomColorJitter", "RandomSharpness", "RandomShear", "RandomPosterization"],
  ...["RandomErasing", "RandomGaussianBlur", "RandomPerspective", "RandomHeight", "RandomWidth"],
  ...["RandomGrayscale", "RandomInvert", "RandomElasticTransform", "RandAugment", "AugMix", "MixUp", "CutMix"],
];
const noises = ["GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"];
const dropouts = ["StochasticDepth", "Dropout", "SpatialDropout1D", "SpatialDropout2D"];

export const shapes: LayerTypes = {
  ...Object.fromEntries(["Identity", ...random, ...noises, ...dropouts].map((name) => [name, identity])),
  Dense: dense,
  Reshape: reshape,
  Flatten: {
    emit: (call) => {
      call.settings.only("data_format", "channels_last");
      const x = onlyInput(call);
      return new KerasTensor(call.op.Flatten(x.keras(call.op)), [undefined, product(x.shape.slice(1))]);
    },
  },
  Permute: {
    emit: (call) => {
      const x = onlyInput(call);
      const dims = call.settings.numbers("dims");
      if ([...dims].sort((a, b) => a - b).some((axis, i) => axis !== i + 1) || dims.length !== x.rank - 1) {
        throw call.settings.refuse(`dims: expected the axes 1 to ${x.rank - 1} in some order, got ${dims}`);
      }
      const perm = [0, ...dims];
      return new KerasTensor(
        call.op.Transpose(x.keras(call.op), { perm }),
        perm.map((axis) => x.shape[axis]),
      );
    },
  },
  ZeroPadding2D: {
    emit: (call) => {
      const { op, settings } = call;
      settings.only("data_format", "channels_last");
      const x = onlyInput(call, 4);
      const [[top, bottom], [left, right]] = settings.margins("padding");
      const pads = op.ints([0, 0, top, left, 0, 0, bottom, right]);
      return planes(op.Pad(x.planes(op), pads), grow(x, [top + bottom, left + right]));
    },
  },
  Cropping2D: {
    emit: (call) => {
      call.settings.only("data_format", "channels_last");
      const [[top, bottom], [left, right]] = call.settings.margins("cropping");
      return crop(call, onlyInput(call, 4), [top, left], [bottom, right]);
    },
  },
  CenterCrop: {
    emit: (call) => {
      call.settings.only("data_format", "channels_last");
      const x = onlyInput(call, 4);
      const [rows, columns] = [x.shape[1], x.shape[2]];
      const sizes = [call.settings.number("height"), call.settings.number("width")];
      const spare = [rows, columns].map((size, i) => (size ?? Number.NaN) - at(sizes, i));
      if (!spare.every((size) => size >= 0)) {
        throw call.settings.refuse(`expected an input of at least ${sizes.join("x")}, got ${rows}x${columns}`);
      }
      const begin = spare.map((size) => Math.floor(size / 2));
      return crop(
        call,
        x,
        begin,
        spare.map((size, i) => size - at(begin, i)),
      );
    },
  },
  UpSampling2D: {
    emit: (call) => resize(call, onlyInput(call, 4), call.settings.pair("size", [2, 2]), true),
  },
  Resizing: {
    emit: (call) => {
      const { settings } = call;
      for (const name of ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"]) settings.only(name, false);
      return resize(call, onlyInput(call, 4), [settings.number("height"), settings.number("width")], false);
    },
  },
};
