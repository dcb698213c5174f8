/** @file Values of volumes and clips as a network takes them, and what was assumed about that. */

import { list } from "../../../foundation/words.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import type { Model } from "../../../model/model.js";

/** The grey values that a window shows, as radiologists set it. */
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** Scale, mean and deviation, of which each may be stated. */
export type ValueParts = Partial<Pick<Preprocessing, "scale" | "mean" | "std">>;

/** What the model's card, files beside it and the user say of values, the last first. */
export function statedValues({ card, beside, given }: Model): ValueParts {
  const { scale, mean, std } = { ...beside?.preprocessing, ...card.preprocessing, ...given?.preprocessing };
  return { ...(scale === undefined ? {} : { scale }), ...(mean ? { mean } : {}), ...(std ? { std } : {}) };
}

/** Brings values [C, ...] to the window, 0 to 1, and then to (value * scale - mean) / deviation, in place. */
export function normalise(values: Float32Array, channels: number, window: Window | undefined, parts: ValueParts): void {
  const size = values.length / channels;
  const { scale = 1, mean = [0], std = [1] } = parts;
  for (let c = 0; c < channels; c++) {
    const [less, over] = [mean[c] ?? mean[0] ?? 0, std[c] ?? std[0] ?? 1];
    for (let i = c * size; i < (c + 1) * size; i++) {
      const value = values[i] ?? 0;
      const shown = window ? Math.min(1, Math.max(0, (value - window.center) / window.width + 0.5)) : value;
      values[i] = (shown * scale - less) / over;
    }
  }
}

/** What was done to values, in words. */
export function valueNote(window: Window | undefined, { scale, mean, std }: ValueParts): string {
  const steps = [
    ...(window ? [`${window.center - window.width / 2} to ${window.center + window.width / 2} become 0 to 1`] : []),
    ...(scale === undefined || scale === 1 ? [] : [`times ${Number(scale.toPrecision(6))}`]),
    ...(mean === undefined ? [] : [`less ${mean.join(", ")}`]),
    ...(std === undefined ? [] : [`over ${std.join(", ")}`]),
  ];
  if (steps.length > 0) return `values: ${list(steps)}`;
  return "values assumed: as they are stored (--window CENTER,WIDTH, --scale, --mean and --std change them)";
}
