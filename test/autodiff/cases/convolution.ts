/** @file Cases of the rules of convolutions. */

import type { AttributeLike } from "../../../src/onnx/builder.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

type Attributes = Readonly<Record<string, AttributeLike>>;
type Sizes = readonly number[];

function filtered(x: Sizes, w: Sizes, attributes: Attributes = {}, more: Partial<GradientCase> = {}): GradientCase {
  return { inputs: { x, w }, attributes, known: ["w"], ...more };
}

const unknownSizes = { refused: ["ranks", "nothing"] } as const;

export const convolutionCases: Record<string, GradientCase[]> = {
  Conv: [
    filtered([2, 3, 6, 5], [4, 3, 3, 3]),
    filtered([2, 3, 6, 5], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
    filtered([2, 2, 6, 5], [2, 2, 3, 2], { pads: [0, 1, 2, 0] }),
    filtered([2, 2, 6, 7], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 2, 7, 7], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 2, 8, 9], [3, 2, 3, 3], { strides: [3, 3] }),
    filtered([2, 2, 8, 9], [3, 2, 2, 2], { strides: [3, 2], pads: [1, 0, 0, 1] }),
    filtered([2, 2, 6, 6], [3, 2, 2, 2], { strides: [1, 2] }),
    filtered([2, 2, 7, 8], [3, 2, 3, 2], { dilations: [2, 3] }),
    filtered([2, 2, 8, 8], [3, 2, 3, 3], { dilations: [2, 2], strides: [2, 2], pads: [2, 2, 2, 2] }),
    filtered([2, 4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
    filtered([2, 4, 6, 5], [6, 2, 3, 3], { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 3, 5, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
    filtered([2, 3, 6, 6], [6, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 3, 6, 6], [3, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 3, 7, 8], [3, 1, 3, 3], { group: 3, strides: [2, 2] }),
    filtered([2, 3, 9, 7], [3, 1, 5, 3], { group: 3, strides: [3, 1], pads: [2, 1, 2, 0] }),
    filtered([2, 3, 7, 9], [3, 1, 3, 3], { group: 3, strides: [1, 2], dilations: [1, 2], pads: [0, 2, 1, 2] }),
    filtered([2, 3, 8, 8], [3, 1, 2, 2], { group: 3, strides: [3, 3] }),
    filtered([2, 3, 4, 4], [5, 3, 1, 1]),
    filtered([2, 3, 5, 4], [5, 3, 1, 1], { strides: [2, 2] }),
    filtered([2, 3, 4, 4], [2, 3, 1, 1], { pads: [1, 1, 1, 1] }),
    filtered([1, 1, 4, 4], [1, 1, 2, 2], { pads: [3, 2, 2, 3] }),
    filtered([1, 1, 4, 5], [1, 1, 2, 2], { pads: [3, 2, 2, 3], strides: [2, 2] }),
    filtered([2, 2, 9, 4], [2, 2, 4, 1], { strides: [4, 1] }),
    filtered([2, 2, 4, 4], [3, 2, 4, 4]),
    filtered([2, 2, 5, 5], [2, 2, 3, 3], { auto_pad: "SAME_UPPER" }),
    filtered([2, 2, 5, 5], [2, 2, 2, 2], { auto_pad: "SAME_UPPER" }),
    filtered([2, 2, 5, 5], [2, 2, 2, 2], { auto_pad: "SAME_LOWER" }),
    filtered([2, 2, 6, 5], [2, 2, 3, 3], { auto_pad: "SAME_UPPER", strides: [2, 2] }, unknownSizes),
    filtered([2, 2, 6, 5], [2, 2, 3, 3], { auto_pad: "SAME_LOWER", strides: [2, 2] }, unknownSizes),
    filtered([2, 2, 7, 6], [2, 2, 1, 1], { auto_pad: "SAME_UPPER", strides: [3, 3] }, unknownSizes),
    filtered([2, 2, 6, 5], [2, 2, 3, 3], { auto_pad: "VALID", strides: [2, 2] }),
    { inputs: { x: [2, 3, 5, 5], w: [4, 3, 3, 3], b: [4] }, known: ["w", "b"], attributes: { pads: [1, 1, 1, 1] } },
    { inputs: { x: [2, 3, 7], w: [4, 3, 3], b: [4] }, known: ["w", "b"], attributes: { strides: [2], pads: [1, 0] } },
    filtered([2, 3, 7], [4, 3, 3]),
    filtered([2, 3, 7], [3, 1, 3], { group: 3, dilations: [2], pads: [2, 2] }),
    filtered([1, 2, 3, 4, 3], [2, 2, 2, 2, 2], { pads: [0, 1, 0, 1, 0, 1] }),
    filtered([1, 2, 4, 4, 5], [2, 2, 2, 3, 2], { strides: [2, 1, 2] }),
    { inputs: { x: [2, 2, 4, 4], w: [3, 2, 3, 3] }, refused: ["ranks", "nothing"] },
    { inputs: { x: [2, 2, 4, 4], w: [3, 2, 3, 3] }, attributes: { kernel_shape: [3, 3] } },
    { inputs: { x: [2, 4, 5, 5], w: [6, 2, 3, 3] }, attributes: { kernel_shape: [3, 3], group: 2 } },
    { inputs: { x: [2, 2, 6, 5], w: [2, 2, 3, 3] }, attributes: { kernel_shape: [3, 3], strides: [2, 2] } },
  ],
  ConvTranspose: [
    filtered([2, 3, 4, 5], [3, 4, 3, 3]),
    filtered([2, 3, 4, 5], [3, 4, 3, 3], { strides: [2, 2] }),
    filtered([2, 3, 4, 5], [3, 4, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
    filtered([2, 3, 4, 4], [3, 2, 3, 2], { strides: [3, 2], pads: [0, 1, 1, 0] }),
    filtered([2, 3, 4, 4], [3, 2, 3, 3], { strides: [3, 2], output_padding: [2, 1] }),
    filtered([2, 4, 4, 4], [4, 3, 2, 2], { group: 2, strides: [2, 2] }),
    filtered([2, 4, 4, 4], [4, 1, 3, 3], { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] }),
    filtered([2, 2, 3, 4], [2, 3, 3, 2], { dilations: [2, 3] }),
    filtered([2, 2, 3, 4], [2, 3, 3, 2], { dilations: [2, 2], strides: [2, 1], pads: [1, 1, 0, 1] }),
    filtered([2, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], output_shape: [6, 6] }, unknownSizes),
    filtered([2, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], output_shape: [5, 6] }, unknownSizes),
    filtered([2, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], auto_pad: "SAME_UPPER" }, unknownSizes),
    filtered([2, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], auto_pad: "SAME_LOWER" }, unknownSizes),
    filtered([2, 2, 3, 4], [2, 2, 2, 2], { strides: [2, 2], auto_pad: "VALID" }),
    { inputs: { x: [2, 3, 4, 4], w: [3, 2, 3, 3], b: [2] }, known: ["w", "b"], attributes: { strides: [2, 2] } },
    filtered([2, 2, 5], [2, 3, 3], { strides: [2], pads: [1, 1] }),
    filtered([1, 2, 3, 3, 2], [2, 2, 2, 2, 2], { strides: [2, 1, 2] }),
  ],
};
