/** @file Cases of the rules of pooling. */

import type { AttributeLike } from "../../../src/onnx/builder.js";
import type { GradientCase, Mode } from "../../support/models/gradient-case.js";

type Attributes = Readonly<Record<string, AttributeLike>>;

function pooled(x: readonly number[], attributes: Attributes, more: Partial<GradientCase> = {}): GradientCase {
  return { inputs: { x }, attributes, ...more };
}

const maximum = (x: readonly number[], attributes: Attributes) => pooled(x, attributes, { separated: true });
const unknownSizes = { refused: ["ranks", "nothing"] as Mode[] };
const [twice, thrice] = [
  { kernel_shape: [2, 2], strides: [2, 2] },
  { kernel_shape: [3, 3], strides: [2, 2] },
];

export const poolingCases: Record<string, GradientCase[]> = {
  MaxPool: [
    maximum([2, 2, 4, 6], twice),
    maximum([2, 2, 5, 7], twice),
    maximum([2, 2, 5, 7], { ...twice, ceil_mode: 1 }),
    maximum([2, 2, 6, 6], { ...twice, pads: [1, 1, 1, 1] }),
    maximum([2, 2, 6, 6], { ...twice, pads: [0, 0, 1, 1] }),
    maximum([2, 2, 7, 7], thrice),
    maximum([2, 2, 7, 8], { ...thrice, pads: [1, 1, 1, 1] }),
    maximum([2, 2, 6, 6], { ...thrice, ceil_mode: 1 }),
    maximum([2, 2, 5, 5], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    maximum([2, 2, 5, 5], { kernel_shape: [2, 2] }),
    maximum([2, 2, 7, 7], { kernel_shape: [3, 3], dilations: [2, 2] }),
    maximum([2, 2, 8, 8], { ...twice, dilations: [2, 3] }),
    maximum([2, 2, 7, 5], { kernel_shape: [2, 1], strides: [3, 2] }),
    maximum([2, 2, 5, 5], { ...thrice, auto_pad: "SAME_UPPER" }),
    maximum([2, 2, 5, 5], { ...twice, auto_pad: "SAME_LOWER" }),
    maximum([2, 2, 5, 5], { ...thrice, auto_pad: "VALID" }),
    maximum([2, 3, 9], { kernel_shape: [3], strides: [2] }),
    maximum([2, 3, 9], { kernel_shape: [2], strides: [2] }),
    maximum([1, 2, 4, 4, 4], { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }),
    maximum([1, 2, 4, 3, 4], { kernel_shape: [2, 2, 2] }),
  ],
  AveragePool: [
    pooled([2, 2, 4, 6], twice),
    pooled([2, 2, 5, 7], twice),
    pooled([2, 2, 6, 3], { kernel_shape: [2, 3], strides: [2, 3] }),
    pooled([2, 2, 5, 4], { kernel_shape: [1, 2], strides: [1, 2] }),
    pooled([2, 2, 7, 7], thrice),
    pooled([2, 2, 5, 7], { ...twice, ceil_mode: 1 }),
    pooled([2, 2, 6, 8], { ...thrice, ceil_mode: 1 }),
    pooled([2, 2, 5, 5], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    pooled([2, 2, 5, 5], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    pooled([2, 2, 6, 7], { ...thrice, pads: [1, 0, 0, 1] }),
    pooled([2, 2, 6, 7], { ...thrice, pads: [1, 0, 0, 1], count_include_pad: 1 }),
    pooled([2, 2, 6, 8], { ...thrice, pads: [1, 1, 1, 1], ceil_mode: 1 }),
    pooled([2, 2, 6, 8], { ...thrice, pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 }),
    pooled([2, 2, 6, 6], { ...twice, pads: [1, 1, 1, 1] }),
    pooled([2, 2, 6, 6], { ...twice, pads: [1, 1, 1, 1], count_include_pad: 1 }),
    pooled([2, 2, 7, 7], { kernel_shape: [2, 2], strides: [3, 3] }),
    pooled([2, 2, 5, 5], { kernel_shape: [3, 3], auto_pad: "SAME_UPPER" }),
    pooled([2, 2, 6, 5], { ...thrice, auto_pad: "SAME_UPPER" }, unknownSizes),
    pooled([2, 2, 6, 5], { ...twice, auto_pad: "SAME_LOWER" }, unknownSizes),
    pooled([2, 2, 6, 5], { ...thrice, auto_pad: "VALID" }),
    pooled([2, 2, 7, 8], { kernel_shape: [3, 2], dilations: [2, 3] }, { opset: 19 }),
    pooled([2, 2, 7, 8], { ...twice, dilations: [2, 2], pads: [1, 1, 1, 1] }, { opset: 19 }),
    pooled([2, 3, 7], { kernel_shape: [3], strides: [2], pads: [1, 1] }),
    pooled([2, 3, 8], { kernel_shape: [2], strides: [2] }),
    pooled([1, 2, 4, 4, 4], { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }),
    pooled([1, 2, 4, 4, 5], { kernel_shape: [2, 2, 2] }),
  ],
  LpPool: [
    pooled([2, 2, 5, 7], twice),
    pooled([2, 2, 7, 7], { ...thrice, pads: [1, 0, 0, 1] }),
    pooled([2, 2, 7, 7], { ...thrice, p: 3 }, { away: [0] }),
    pooled([2, 2, 7, 7], { ...thrice, p: 1 }, { away: [0] }),
    pooled([2, 3, 9], { kernel_shape: [3], strides: [1] }),
  ],
  // onnxruntime has no GlobalLpPool of opset 22.
  GlobalLpPool: [1, 2, 3].map((p) => pooled([2, 3, 4, 5], { p }, { away: [0], newest: 21 })),
  GlobalMaxPool: [maximum([2, 3, 4, 5], {}), maximum([2, 3, 1, 1], {}), maximum([2, 3, 6], {})],
  GlobalAveragePool: [pooled([2, 3, 4, 5], {}), pooled([2, 3, 1, 1], {}), pooled([2, 3, 6], {})],
};
