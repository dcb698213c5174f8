/** @file Forms of operators that have no gradient here are refused with a sentence. */

import { expect, it } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.js";
import { type Attributes, Builder } from "../../src/onnx/builder.js";
import { float32, int64, type Tensor } from "../../src/onnx/tensor.js";

const indices = int64([0, 1], [1, 2]);
const updates = float32([1, 2], [1, 2]);

const refusals: readonly (readonly [string, readonly (Tensor | undefined)[], Attributes, RegExp])[] = [
  ["ScatterElements", [indices, updates], { reduction: "mul" }, /reduction mul: expected none or add/],
  ["ScatterND", [int64([0], [1, 1]), updates], { reduction: "max" }, /reduction max: expected none or add/],
  [
    "Resize",
    [undefined, undefined, int64([3, 3])],
    { keep_aspect_ratio_policy: "not_larger" },
    /keep_aspect_ratio_policy: expected stretch, got not_larger/,
  ],
  ["GridSample", [updates], { mode: "lanczos" }, /mode: expected one of nearest, bilinear.*, got lanczos/],
  ["GridSample", [updates], { padding_mode: "wrap" }, /padding_mode: expected zeros, border or reflection, got wrap/],
  ["RoiAlign", [updates, indices], { mode: "sum" }, /mode: expected avg or max, got sum/],
  ["LSTM", [updates, updates], { layout: 1 }, /\(LSTM\): layout: expected 0 \(time first\), got 1/],
  ["GRU", [updates, updates], { activations: ["Sigmoid", "Sine"] }, /activation: expected one of affine, .*, got Sine/],
  ["DeformConv", [updates, updates], {}, /operator DeformConv has no differentiation rule/],
  ["MaxRoiPool", [updates], {}, /operator MaxRoiPool has no differentiation rule/],
  ["Compress", [], {}, /operator Compress has no differentiation rule/],
  ["Unique", [], {}, /operator Unique has no differentiation rule/],
];

it.each(refusals)("%s", (operator, inputs, attributes, message) => {
  const op = new Builder();
  const x = op.input("x", "float32", [2, 2]);
  const tensors = inputs.map((tensor) => tensor && op.constant(tensor));
  const [y] = op.node(operator, [x, ...tensors], attributes) as [string];
  expect(() => differentiate(op.graph, { of: y, wrt: [x] })).toThrow(message);
});
