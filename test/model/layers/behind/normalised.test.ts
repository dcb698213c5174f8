/** @file Whether a normalisation stands behind a layer. */

import { describe, expect, it } from "vitest";
import { isNormalisedBehind } from "../../../../src/model/layers/behind/normalised.js";
import { openModel } from "../../../../src/model/open.js";
import { Builder } from "../../../../src/onnx/builder.js";
import type { Value } from "../../../../src/onnx/graph.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { runtime } from "../../../support/runtime.js";

/** A convolution, then what is asked for, then a linear layer. */
async function modelWith(between: (op: Builder, layer: Value) => Value) {
  const op = new Builder();
  op.input("x", "float32", ["N", 3, 4, 4]);
  const weights = (dims: number[]) => {
    const count = dims.reduce((a, b) => a * b, 1);
    return op.constant(
      float32(
        dims,
        Float32Array.from({ length: count }, (_, i) => Math.sin(i)),
      ),
      "w",
    );
  };
  const layer = op.named("layer", op.Conv("x", weights([2, 3, 1, 1])));
  const flat = op.Flatten(between(op, layer), { axis: 1 });
  op.output(op.named("scores", op.MatMul(flat, weights([32, 3]))), "scores");
  op.graph.outputs = [{ name: "scores", type: "float32", dims: ["N", 3] }];
  return openModel(op.graph, runtime);
}

const layer = { name: "layer" };

describe("isNormalisedBehind", () => {
  it.each<[string, boolean, (op: Builder, layer: Value) => Value]>([
    ["a rectifier", false, (op, x) => op.Relu(x)],
    ["a product with a constant", false, (op, x) => op.Mul(x, op.scalar(2))],
    ["a division by the layer's length", true, (op, x) => op.Div(x, op.ReduceL2(x, op.ints([1]), { keepdims: 1 }))],
    ["a product with what depends on the layer", true, (op, x) => op.Mul(x, op.Sigmoid(x))],
    ["a softmax", true, (op, x) => op.Softmax(x, { axis: 1 })],
  ])("behind %s is %s", async (_, expected, between) => {
    expect(isNormalisedBehind(await modelWith(between), layer)).toBe(expected);
  });

  it("does not look before the layer", async () => {
    const model = await modelWith((op, x) => op.Softmax(op.named("before", x), { axis: 1 }));
    const behind = model.graph.nodes.find(({ op }) => op === "Softmax")?.outputs[0] ?? "";
    expect(isNormalisedBehind(model, { name: behind })).toBe(false);
  });
});
