/** @file Photos inside a graph: raw pixels to the network's input, and maps back onto the photos. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32, Tensor } from "../../onnx/tensor.js";
import { appendPreprocessing, appendSeenWindow } from "./preprocess.js";
import type { Preprocessing } from "./preprocessing.js";

/** Appends the nodes that do as `preparePicture` does: `photos`, uint8 [N, H, W, 3] in RGB order, become the model's input. */
export function appendPhotos(op: Builder, photos: Value, preprocessing: Preprocessing): Value {
  const planes = op.Transpose(photos, { perm: [0, 3, 1, 2] });
  if (preprocessing.channels === 3) return appendPreprocessing(op, planes, preprocessing);
  if (preprocessing.channels === 4) return appendPreprocessing(op, withOpacity(op, planes), preprocessing);
  const grey = appendGrey(op, planes);
  return appendPreprocessing(op, preprocessing.ground === "dark" ? onDarkGround(op, grey) : grey, preprocessing);
}

/** Opaque photos: [N, 3, H, W] to [N, 4, H, W]. */
function withOpacity(op: Builder, planes: Value): Value {
  const first = op.Slice(planes, op.ints([0]), op.ints([1]), op.ints([1]));
  const opaque = op.constant(new Tensor("uint8", [1], Uint8Array.of(255)), "opaque");
  return op.Concat(planes, op.Expand(opaque, op.Shape(first)), { axis: 1 });
}

/** `toGrey`: [N, 3, H, W] to float32 [N, 1, H, W]. Luma in units of 1/65536 stays below 2^24 of them: float32 is exact. */
function appendGrey(op: Builder, planes: Value): Value {
  const weights = float32(
    [1, 3, 1, 1],
    [19595, 38470, 7471].map((weight) => weight / 65536),
  );
  const weighted = op.Mul(op.Cast(planes, { to: 1 }), op.constant(weights, "luma"));
  return op.Floor(op.Add(op.ReduceSum(weighted, op.ints([1]), { keepdims: 1 }), op.scalar(0.5)));
}

/** Inverts the pictures whose outermost pixels, each counted once, are light on average. */
function onDarkGround(op: Builder, grey: Value): Value {
  const end = Number.MAX_SAFE_INTEGER;
  const slice = (axis: number, from: number, to: number, value: Value) =>
    op.Slice(value, op.ints([from]), op.ints([to]), op.ints([axis]));
  const first = (axis: number, value: Value) => slice(axis, 0, 1, value);
  const last = (axis: number, value: Value) => slice(axis, -1, end, slice(axis, 1, end, value));
  const inner = slice(2, 1, -1, grey);
  const border = [first(2, grey), last(2, grey), first(3, inner), last(3, inner)].map((part) => op.Flatten(part));
  const mean = op.ReduceMean(op.Concat(...border, { axis: 1 }), op.ints([1]), { keepdims: 1 });
  const light = op.Unsqueeze(op.Greater(mean, op.scalar(127)), op.ints([2, 3]));
  return op.Where(light, op.Sub(op.scalar(255), grey), grey);
}

/**
 * Appends the nodes that do as `placeMap` does: `maps`, float32 [N, k, h, w] of the part of a photo that the network saw, become [N, k, H, W], zero
 * where it saw nothing.
 * @param size the photo's, int64 [2]: H and W
 */
export function appendPlacedMaps(op: Builder, maps: Value, size: Value, preprocessing: Preprocessing): Value {
  const { height, width } = preprocessing;
  const { resized, start } = appendSeenWindow(op, size, preprocessing);
  const cells = op.Shape(maps, { start: 2 });
  const along = (axis: number, seen: number) => {
    const pick = (value: Value) => op.Gather(value, op.int(axis));
    return bilinear(op, { photo: pick(size), from: pick(cells), whole: pick(resized), first: pick(start), seen });
  };
  return op.MatMul(op.MatMul(along(0, height), maps), op.Transpose(along(1, width), { perm: [1, 0] }));
}

/** One axis of a photo and a map; all but `seen` are int64 scalars of the graph. */
interface Sampling {
  /** Pixels of the photo. */
  readonly photo: Value;
  /** Cells of the map. */
  readonly from: Value;
  /** Pixels of the resized photo, of which the network saw `seen` from `first` on. */
  readonly whole: Value;
  readonly first: Value;
  readonly seen: number;
}

/**
 * The matrix [photo, from] whose rows are the weights of the cells at each pixel: a triangle of half-width 1 around its place
 * on the map, which ends at the middle of the outermost cells. Where a pixel lies is decided in whole numbers: at the edge of
 * the window, rounding would blank a row or let one in.
 */
function bilinear(op: Builder, { photo, from, whole, first, seen }: Sampling): Value {
  const [one, two, half] = [op.int(1), op.int(2), op.scalar(0.5)];
  const float = (value: Value) => op.Cast(value, { to: 1 });
  const middles = op.Range(one, op.Mul(two, photo), two); // of the pixels, in half pixels
  const offset = op.Sub(op.Mul(middles, whole), op.Mul(op.Mul(two, first), photo));
  const length = op.Mul(op.int(2 * seen), photo);
  const inside = op.And(op.GreaterOrEqual(offset, op.int(0)), op.LessOrEqual(offset, length));
  const place = op.Mul(op.Div(float(offset), float(length)), float(from));
  const cell = op.Sub(op.Clip(place, half, op.Sub(float(from), half)), half);
  const distance = op.Abs(op.Sub(op.Unsqueeze(cell, op.ints([1])), float(op.Range(op.int(0), from, one))));
  const weights = op.Relu(op.Sub(op.scalar(1), distance));
  return op.Mul(weights, float(op.Unsqueeze(inside, op.ints([1]))));
}
