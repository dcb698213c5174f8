/** @file From pixels to a model's input, as a graph: resize with antialiasing, scale, normalise. */

import { Builder, emptyGraph, float32, type Preprocessing, Tensor, type Value } from "../onnx/index.js";
import type { Runtime, Session } from "../runtime/index.js";

/** Appends the nodes from `pixels`, uint8 [N, C, H, W], to the model's input, float32 [N, C, height, width]. */
export function appendPreprocessing(op: Builder, pixels: Value, preprocessing: Preprocessing): Value {
  const { width, height, channels, scale, mean, std } = preprocessing;
  const size = { mode: "linear", antialias: 1, axes: [2, 3] };
  const resized = op.Resize(op.Cast(pixels, { to: 1 }), undefined, undefined, op.ints([height, width]), size);
  const perChannel = (values: readonly number[]) => op.constant(float32([1, channels, 1, 1], values), "channel");
  return op.Add(
    op.Mul(resized, perChannel(std.map((s) => scale / s))),
    perChannel(mean.map((m, c) => -m / (std[c] as number))),
  );
}

export interface Preprocessor {
  /** Pixels 0..255, [N, C, H, W] of any size, to the model's input. */
  readonly run: (pixels: Uint8Array, dims: readonly [number, number, number, number]) => Promise<Tensor>;
  readonly close: () => Promise<void>;
}

/** A session of the preprocessing alone. */
export async function openPreprocessor(preprocessing: Preprocessing, runtime: Runtime): Promise<Preprocessor> {
  const op = new Builder(emptyGraph("preprocess"));
  const pixels = op.input("pixels", "uint8", ["N", preprocessing.channels, "H", "W"]);
  op.output(appendPreprocessing(op, pixels, preprocessing), "input");
  const session: Session = await runtime.open(op.graph);
  return {
    run: async (data, dims) => (await session.run({ pixels: new Tensor("uint8", dims, data) })).input as Tensor,
    close: () => session.close(),
  };
}
