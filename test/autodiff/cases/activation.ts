/** @file Cases of the rules of activation functions. */

import { float, float32 } from "../../../src/onnx/index.js";
import type { GradientCase } from "../../support/gradient-case.js";

const low = float32([], [-0.5]);
const high = float32([], [0.4]);

export const activationCases: Record<string, GradientCase[]> = {
  Relu: [
    { inputs: { x: [3, 4] }, away: [0] },
    { inputs: { x: [2, 3, 2, 2] }, away: [0] },
  ],
  LeakyRelu: [
    { inputs: { x: [3, 4] }, away: [0] },
    { inputs: { x: [3, 4] }, away: [0], attributes: { alpha: float(0.3) } },
    { inputs: { x: [3, 4] }, away: [0], attributes: { alpha: float(0) } },
    { inputs: { x: [3, 4] }, away: [0], attributes: { alpha: float(-0.5) } },
  ],
  Sigmoid: [{ inputs: { x: [3, 4] }, interval: [-4, 4] }],
  Tanh: [{ inputs: { x: [3, 4] }, interval: [-2, 2] }],
  Clip: [
    { inputs: { x: [4, 5], min: low, max: high }, away: [-0.5, 0.4] },
    { inputs: { x: [4, 5], min: low }, away: [-0.5] },
    { inputs: { x: [4, 5], min: undefined, max: high }, away: [0.4] },
    { inputs: { x: [4, 5] } },
    { inputs: { x: [4, 5], min: [], max: [] }, away: [-0.5, 0.4], of: { min: near(-0.5), max: near(0.4) } },
  ],
  Softmax: onEveryAxis(),
  LogSoftmax: onEveryAxis(),
};

function near(value: number) {
  return { interval: [value - 0.01, value + 0.01], away: [] } as const;
}

function onEveryAxis(): GradientCase[] {
  const axes = [0, 1, 2, -1, -2].map((axis) => ({ inputs: { x: [2, 3, 4] }, attributes: { axis } }));
  return [...axes, { inputs: { x: [3, 4] } }, { inputs: { x: [4] }, attributes: { axis: 0 } }];
}
