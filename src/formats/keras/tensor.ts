/** @file A value of a Keras model: its shape as Keras has it, and which of two layouts it is computed in. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/** A size, or undefined where only the run tells. */
export type Size = number | undefined;

/**
 * Pictures are [N, H, W, C] to Keras. Convolutions and pools are fast as [N, C, H, W], and dense layers and layer norms want
 * channels last: each operator names the layout it needs, and a value in the other is transposed once.
 */
export class KerasTensor {
  readonly value: Value;
  /** In Keras' order, whatever the layout; the batch is undefined. */
  readonly shape: readonly Size[];
  /** `planes` is [N, C, H, W]. */
  readonly layout: "planes" | "keras";
  #other: Value | undefined;

  constructor(value: Value, shape: readonly Size[], layout: KerasTensor["layout"] = "keras") {
    this.value = value;
    this.shape = shape;
    this.layout = layout;
  }

  get rank(): number {
    return this.shape.length;
  }

  get channels(): Size {
    return this.shape[this.rank - 1];
  }

  /** The same numbers under another name. */
  named(value: Value): KerasTensor {
    return new KerasTensor(value, this.shape, this.layout);
  }

  /** The result of an operator that keeps shape and layout. */
  with(value: Value): KerasTensor {
    return this.named(value);
  }

  /** As [N, C, H, W]. */
  planes(op: Builder): Value {
    return this.in("planes", op);
  }

  /** In Keras' own order. */
  keras(op: Builder): Value {
    return this.in("keras", op);
  }

  in(layout: KerasTensor["layout"], op: Builder): Value {
    if (layout === this.layout) return this.value;
    // Named after the layer that made it, not after the one that asks.
    const [name, perm] = layout === "planes" ? ["planes", [0, 3, 1, 2]] : ["channels_last", [0, 2, 3, 1]];
    this.#other ??= op.layer(`${this.value}/${name}`, "Transpose", [this.value], { perm });
    return this.#other;
  }

  /** Where an axis of Keras' (negative from the end) lies in `layout`. */
  axis(axis: number, layout: KerasTensor["layout"] = this.layout): number {
    const positive = axis < 0 ? axis + this.rank : axis;
    return layout === "planes" ? ([0, 2, 3, 1][positive] ?? positive) : positive;
  }
}

/** The layout in which values are best combined: planes as soon as one of them is. */
export function commonLayout(tensors: readonly KerasTensor[]): KerasTensor["layout"] {
  const pictures = tensors.length > 0 && tensors.every(({ rank }) => rank === 4);
  return pictures && tensors.some(({ layout }) => layout === "planes") ? "planes" : "keras";
}

/** Adds axes of length 1 after the batch, until the value has `rank` axes: how Keras' merging layers broadcast. */
export function raiseRank(op: Builder, x: KerasTensor, rank: number): KerasTensor {
  if (x.rank >= rank) return x;
  const axes = Array.from({ length: rank - x.rank }, (_, i) => i + 1);
  const value = op.Unsqueeze(x.keras(op), op.ints(axes));
  return new KerasTensor(value, [undefined, ...axes.map(() => 1), ...x.shape.slice(1)]);
}

/** The shape that arrays of several shapes broadcast to. */
export function broadcast(shapes: readonly (readonly Size[])[]): Size[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.flatMap((shape) => (i < rank - shape.length ? [] : [shape[i - rank + shape.length]]));
    return sizes.find((size) => size !== 1 && size !== undefined) ?? (sizes.includes(undefined) ? undefined : 1);
  });
}

/** The product of sizes, as far as they are known. */
export function product(sizes: readonly Size[]): Size {
  return sizes.reduce<Size>((all, size) => (all === undefined || size === undefined ? undefined : all * size), 1);
}
