/** @file Operations of keras.ops that index, join, pad or lay out arrays anew. */

import { isObject } from "../../../foundation/check.js";
import { at, present } from "../../../foundation/present.js";
import type { Value } from "../../../onnx/graph.js";
import { int64 } from "../../../onnx/tensor.js";
import { type Json, Settings, show } from "../../json.js";
import { KerasTensor } from "../tensor.js";
import { type LayerCall, type LayerType, type LayerTypes, onlyInput } from "./layer-type.js";
import { concatenate } from "./merging.js";

/** Does as a layer does, with settings for the layer beside those of the operation. */
const layer = (name: string, settings: (call: LayerCall) => object): LayerType => ({
  emit: (call) => {
    const merged = new Settings({ ...call.settings.json, ...settings(call) }, call.settings.where);
    return present(call.layers[name], name).emit({ ...call, settings: merged });
  },
});

/** Where in a list of `count` axes a number (negative from the end) points; never the batch. */
function axisOf({ settings }: LayerCall, axis: number, count: number): number {
  const positive = axis < 0 ? axis + count : axis;
  if (positive >= 1 && positive < count) return positive;
  throw settings.refuse(`axis: expected one from 1 to ${count - 1}, got ${axis}`);
}

/** A shape or an order of axes without its first entry, which stands for the batch. */
function behindBatch({ settings }: LayerCall, name: string, batch: readonly (number | null)[]): readonly number[] {
  const setting = settings.json[name];
  const [first, ...rest] = Array.isArray(setting) ? setting : [undefined];
  if (batch.includes(first) && rest.every(Number.isInteger)) return rest;
  throw settings.refuse(`${name}: expected whole numbers, ${batch[0]} for the batch first, got ${show(setting)}`);
}

const expandDims: LayerType = {
  emit: (call) => {
    const x = onlyInput(call);
    const axis = axisOf(call, call.settings.number("axis"), x.rank + 1);
    const value = call.op.Unsqueeze(x.keras(call.op), call.op.ints([axis]));
    return new KerasTensor(value, x.shape.toSpliced(axis, 0, 1));
  },
};

const squeeze: LayerType = {
  emit: (call) => {
    const x = onlyInput(call);
    const alone = x.shape.flatMap((size, axis) => (size === 1 && axis > 0 ? [axis] : []));
    const axes = call.settings.numbers("axis", alone).map((axis) => axisOf(call, axis, x.rank));
    const value = call.op.Squeeze(x.keras(call.op), call.op.ints(axes));
    return new KerasTensor(
      value,
      x.shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
};

const stack: LayerType = {
  emit: (call) => {
    const { op, inputs, settings } = call;
    const axis = axisOf(call, settings.number("axis", 0), (inputs[0]?.rank ?? 0) + 1);
    const raised = inputs.map((x) => {
      return new KerasTensor(op.Unsqueeze(x.keras(op), op.ints([axis])), x.shape.toSpliced(axis, 0, 1));
    });
    return concatenate({ ...call, inputs: raised }, axis);
  },
};

const pad: LayerType = {
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    settings.only("mode", "constant", "reflect");
    const setting = settings.json.pad_width;
    const isSide = (each: unknown): each is [number, number] =>
      Array.isArray(each) && each.length === 2 && each.every((n) => n >= 0);
    if (!Array.isArray(setting) || setting.length !== x.rank || !setting.every(isSide)) {
      throw settings.refuse(`pad_width: expected two sizes for each of ${x.rank} axes, got ${show(setting)}`);
    }
    const widths: [number, number][] = [];
    for (const [axis, sides] of setting.entries()) widths[x.axis(axis)] = sides;
    const pads = op.ints([...widths.map(([before]) => before), ...widths.map(([, after]) => after)]);
    const fill = op.scalar(settings.number("constant_values", 0));
    const y = op.Pad(x.value, pads, fill, { mode: settings.string("mode", "constant") });
    const shape = x.shape.map((size, axis) => {
      const [before, after] = at(setting, axis);
      return size && size + before + after;
    });
    return new KerasTensor(y, shape, x.layout);
  },
};

const flip: LayerType = {
  emit: (call) => {
    const x = onlyInput(call);
    const axes = call.settings.numbers("axis").map((axis) => axisOf(call, axis, x.rank));
    const back: Slice = { start: null, stop: null, step: -1 };
    return sliceAxes(
      call,
      x,
      axes.map((axis) => [axis, back]),
    );
  },
};

/** As in Python; null where nothing stands. */
interface Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

type Item = Slice | number | "new axis" | "ellipsis";

/** Keras 3 wraps the items of an index in objects with class names, Keras 2 writes slices as they are. */
function itemsOf({ settings }: LayerCall): Item[] {
  const setting = settings.json.slice_spec;
  const tuple = isObject(setting) && setting.class_name === "__tuple__" ? setting.items : setting;
  const isWhole = (each: unknown): each is number => typeof each === "number" && Number.isInteger(each);
  const isBound = (each: unknown): each is number | null => each === null || isWhole(each);
  return [tuple].flat().map((item) => {
    if (item === null) return "new axis";
    if (isWhole(item)) return item;
    if (isObject(item) && item.class_name === "__ellipsis__") return "ellipsis";
    const slice = isObject(item) && isObject(item.config) ? item.config : item;
    const { start = null, stop = null, step = null }: Json = isObject(slice) ? slice : { step: 0 };
    if (isBound(start) && isBound(stop) && isBound(step) && step !== 0) return { start, stop, step };
    throw settings.refuse(`expected an index of numbers and slices, got ${show(item)}`);
  });
}

const getItem: LayerType = {
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const index = itemsOf(call);
    const rest = x.rank - index.filter((item) => item !== "ellipsis" && item !== "new axis").length;
    if (rest < 0) throw settings.refuse(`expected an index of ${x.rank} axes, got one of ${x.rank - rest}`);
    const whole: Slice = { start: null, stop: null, step: null };
    const filler = Array.from({ length: rest }, () => whole);
    const items = index.includes("ellipsis")
      ? index.flatMap((item) => (item === "ellipsis" ? filler : [item]))
      : [...index, ...filler];
    const cuts = items.filter((item) => item !== "new axis").map((item, axis) => [axis, item] as const);
    const isWhole = (item: unknown) => JSON.stringify(item) === JSON.stringify(whole);
    if (!isWhole(cuts[0]?.[1]) || !isWhole(items[0]))
      throw settings.refuse("expected the whole batch, got a part of it");
    const dropped = cuts.filter(([, item]) => typeof item === "number").map(([axis]) => axis);
    const slices = cuts.map(
      ([axis, item]) => [axis, typeof item === "number" ? single(item) : item === "ellipsis" ? whole : item] as const,
    );
    const part = sliceAxes(
      call,
      x,
      slices.filter(([, slice]) => !isWhole(slice)),
    );
    if (dropped.length === 0 && !items.includes("new axis")) return part;
    const axes = items.filter((item) => typeof item !== "number");
    const newAxes = axes.flatMap((item, axis) => (item === "new axis" ? [axis] : []));
    let value = part.keras(op);
    if (dropped.length > 0) value = op.Squeeze(value, op.ints(dropped));
    if (newAxes.length > 0) value = op.Unsqueeze(value, op.ints(newAxes));
    const sizes = part.shape.filter((_, axis) => !dropped.includes(axis));
    return new KerasTensor(
      value,
      axes.map((item) => (item === "new axis" ? 1 : sizes.shift())),
    );
  },
};

function single(index: number): Slice {
  return { start: index, stop: index === -1 ? null : index + 1, step: null };
}

/** @param slices with the axes of Keras that they cut */
function sliceAxes({ op }: LayerCall, x: KerasTensor, slices: readonly (readonly [number, Slice])[]): KerasTensor {
  if (slices.length === 0) return x.with(op.Identity(x.value));
  const far = 2 ** 31;
  const cuts = slices.map(([axis, { start, stop, step }]) => {
    const by = step ?? 1;
    return { axis, start: start ?? (by > 0 ? 0 : far), stop: stop ?? (by > 0 ? far : -far), step: by };
  });
  const vector = (values: readonly number[]): Value => op.constant(int64(values), "slice");
  const value = op.Slice(
    x.value,
    vector(cuts.map(({ start }) => start)),
    vector(cuts.map(({ stop }) => stop)),
    vector(cuts.map(({ axis }) => x.axis(axis))),
    vector(cuts.map(({ step }) => step)),
  );
  const shape = x.shape.map((size, axis) => {
    const cut = cuts.find((each) => each.axis === axis);
    if (cut === undefined || size === undefined) return size;
    return lengthOf(size, cut.start, cut.stop, cut.step);
  });
  return new KerasTensor(value, shape, x.layout);
}

/** How many elements a slice takes of `size`. */
function lengthOf(size: number, start: number, stop: number, step: number): number {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (index: number) => Math.min(most, Math.max(least, index < 0 ? index + size : index));
  return Math.max(0, Math.ceil((bound(stop) - bound(start)) / step));
}

export const arrayOperations: LayerTypes = {
  Concatenate: { emit: (call) => concatenate(call, call.settings.number("axis", -1)) },
  Stack: stack,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Pad: pad,
  Flip: flip,
  GetItem: getItem,
  Reshape: layer("Reshape", (call) => ({ target_shape: behindBatch(call, "newshape", [-1, null]) })),
  Transpose: layer("Permute", (call) => ({ dims: behindBatch(call, "axes", [0]) })),
  Resize: layer("Resizing", ({ settings }) => {
    const [height, width] = settings.pair("size");
    return { height, width };
  }),
  MaxPool: layer("MaxPooling2D", () => ({})),
  AveragePool: layer("AveragePooling2D", () => ({})),
};
