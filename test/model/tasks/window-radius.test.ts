/** @file How far a level's scores look around their place. */

import { describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import { windowRadius } from "../../../src/model/tasks/detection/window-radius.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** The radius between the value "map", [N, 4, 9, 9], and what is built on it. */
async function radiusOf(build: (op: Builder, map: string, image: string) => string): Promise<number | undefined> {
  const op = new Builder();
  const image = op.input("x", "float32", ["N", 4, 9, 9]);
  const map = op.named("map", op.Relu(image));
  const scores = op.named("scores", build(op, map, image));
  op.output(op.ReduceMean(scores, op.ints([2, 3]), { keepdims: 0 }), "y");
  const { graph } = await openModel(op.graph, runtime);
  return windowRadius(graph, "map", ["scores"]);
}

const conv = (op: Builder, value: string, kernel: number, attributes = {}) => {
  const pad = (kernel - 1) / 2;
  const weight = op.constant(randomTensor([4, 4, kernel, kernel], `w${kernel}`));
  return op.Conv(value, weight, { pads: [pad, pad, pad, pad], ...attributes });
};
const silu = (op: Builder, value: string) => op.Mul(value, op.Sigmoid(value));

describe("windowRadius", () => {
  it.each<[string, (op: Builder, map: string, image: string) => string, number | undefined]>([
    ["a place alone", (op, map) => silu(op, conv(op, map, 1)), 0],
    ["two kernels of 3", (op, map) => conv(op, silu(op, conv(op, silu(op, conv(op, map, 3)), 3)), 1), 2],
    ["a dilated kernel", (op, map) => conv(op, map, 3, { dilations: [2, 2], pads: [2, 2, 2, 2] }), 2],
    ["branches put together", (op, map) => op.Concat(conv(op, map, 5), conv(op, map, 3), { axis: 1 }), 2],
    ["a shift for each channel", (op, map) => op.Add(map, op.constant(float32([1, 4, 1, 1], [1, 2, 3, 4]))), 0],
    ["a part of the channels", (op, map) => op.Slice(map, op.ints([1]), op.ints([3]), op.ints([1])), 0],
    ["a shift for each column", (op, map) => op.Add(map, op.constant(randomTensor([9], "s"))), undefined],
    ["a stride", (op, map) => conv(op, map, 3, { strides: [2, 2] }), undefined],
    ["no padding", (op, map) => conv(op, map, 3, { pads: [0, 0, 0, 0] }), undefined],
    ["the mean of all places", (op, map) => op.Mul(map, op.GlobalAveragePool(map)), undefined],
    ["the image besides", (op, map, image) => op.Add(map, image), undefined],
    ["rows in another order", (op, map) => op.Transpose(map, { perm: [0, 1, 3, 2] }), undefined],
    [
      "rows cut off",
      (op, map) =>
        op.Concat(
          op.Slice(map, op.ints([1]), op.ints([9]), op.ints([2])),
          op.Slice(map, op.ints([0]), op.ints([1]), op.ints([2])),
          { axis: 2 },
        ),
      undefined,
    ],
  ])("is told of %s", async (_, build, expected) => {
    expect(await radiusOf(build)).toBe(expected);
  });
});
