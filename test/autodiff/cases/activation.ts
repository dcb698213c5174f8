/** @file Cases of the rules of activation functions. */

import { float } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

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
  Erf: smooth(),
  Gelu: [
    { inputs: { x: [3, 4] }, interval: [-3, 3], opset: 20 },
    ...["none", "tanh"].map((approximate) => ({
      inputs: { x: [2, 3, 4] },
      interval: [-3, 3] as const,
      attributes: { approximate },
      opset: 20,
    })),
  ],
  Mish: smooth(),
  Swish: smooth([], {}, { alpha: float(1.7) }, { alpha: float(-0.5) }).map((one) => ({ ...one, opset: 24 })),
  Softplus: smooth(),
  Softsign: smooth([0]),
  Elu: smooth([0], {}, { alpha: float(0.3) }),
  Selu: smooth([0], {}, { alpha: float(1.2), gamma: float(0.7) }),
  Celu: smooth([0], {}, { alpha: float(0.6) }),
  ThresholdedRelu: [...smooth([1]), ...smooth([0.4], { alpha: float(0.4) }), ...smooth([-0.5], { alpha: float(-0.5) })],
  HardSigmoid: [
    { inputs: { x: [4, 5] }, interval: [-4, 4], away: [-2.5, 2.5] },
    {
      inputs: { x: [4, 5] },
      interval: [-4, 4],
      away: [-3, 3],
      attributes: { alpha: float(1 / 6), beta: float(0.5) },
    },
  ],
  HardSwish: [{ inputs: { x: [4, 5] }, interval: [-5, 5], away: [-3, 3] }],
  PRelu: [[], [1], [4], [3, 1], [3, 4], [1, 4], [2, 1, 1], [2, 3, 4]].map((slope) => ({
    inputs: { x: [2, 3, 4], slope },
    of: { x: { away: [0] } },
  })),
  Softmax: onEveryAxis(),
  LogSoftmax: onEveryAxis(),
};

function near(value: number) {
  return { interval: [value - 0.01, value + 0.01], away: [] } as const;
}

/** A case for each set of attributes, on both sides of 0. */
function smooth(
  away: readonly number[] = [],
  ...attributes: NonNullable<GradientCase["attributes"]>[]
): GradientCase[] {
  const sets = attributes.length === 0 ? [{}] : attributes;
  return sets.map((set) => ({ inputs: { x: [4, 5] }, interval: [-2, 2], away, attributes: set }));
}

function onEveryAxis(): GradientCase[] {
  const axes = [0, 1, 2, -1, -2].map((axis) => ({ inputs: { x: [2, 3, 4] }, attributes: { axis } }));
  return [...axes, { inputs: { x: [3, 4] } }, { inputs: { x: [4] }, attributes: { axis: 0 } }];
}
