/** @file Cases of the rules of normalisation layers. */

import { float } from "../../../src/onnx/index.js";
import type { GradientCase } from "../../support/gradient-case.js";

const positive = { interval: [0.5, 2] } as const;

function batch(x: readonly number[], more: Partial<GradientCase> = {}): GradientCase {
  const c = [x[1] as number];
  return {
    inputs: { x, scale: c, bias: c, mean: c, variance: c },
    known: ["scale", "bias", "mean", "variance"],
    of: { scale: positive, variance: positive },
    refused: ["nothing"],
    ...more,
  };
}

function training(x: readonly number[], momentum: number | undefined): GradientCase {
  const attributes = { training_mode: 1, ...(momentum === undefined ? {} : { momentum: float(momentum) }) };
  return batch(x, { attributes, outputs: 3 });
}

export const normalizationCases: Record<string, GradientCase[]> = {
  BatchNormalization: [
    batch([2, 3, 4, 5]),
    batch([2, 3, 4, 5], { attributes: { epsilon: float(0.1) } }),
    batch([4, 3]),
    batch([2, 3, 5]),
    batch([1, 2, 2, 3, 2]),
    ...[0, 0.9, undefined].map((momentum) => training([3, 2, 4, 4], momentum)),
    ...[0, 0.9].map((momentum) => training([6, 3], momentum)),
    ...[0, 0.5].map((momentum) => training([2, 3, 5], momentum)),
  ],
};
