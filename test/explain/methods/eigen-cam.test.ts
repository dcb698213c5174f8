/** @file Eigen-CAM on activations whose principal component is known. */

import { expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

/** Its only layer is its input. */
async function eigenCamOf(values: readonly number[], channels: number, height: number, width: number) {
  const op = new Builder();
  const layer = op.named("layer", op.input("x", "float32", ["N", channels, height, width]));
  op.output(op.Flatten(op.GlobalAveragePool(layer)), "y");
  const model = await openModel(op.graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "layer", method: "eigen-cam" });
  const { evidence } = await explainer.explain(float32([1, channels, height, width], values));
  return Array.from(floats(evidence));
}

/** Channel c is weights[c] times the pattern, moved by an offset of its own. */
const rankOne = (weights: readonly number[], pattern: readonly number[]) =>
  weights.flatMap((weight, c) => pattern.map((value) => weight * value + 10 * c));

it.each([
  ["fewer channels than positions", [3, 4], [1, 0, 0, 0, 0, 0, -1, 0], [2, 4]],
  ["fewer positions than channels", [2, 1, 0, 2, 4], [1, -1], [1, 2]],
] as const)(
  "is the pattern times the length of its weights, with %s",
  async (_name, weights, pattern, [height, width]) => {
    const found = await eigenCamOf(rankOne(weights, pattern), weights.length, height, width);
    expect(found).toEqual(pattern.map((value) => expect.closeTo(5 * value, 4)));
  },
);

it("has the sign of the mean activation", async () => {
  const found = await eigenCamOf(rankOne([-3, -4], [1, 0, 0, 0, 0, 0, -1, 0]), 2, 2, 4);
  expect(found).toEqual([-1, 0, 0, 0, 0, 0, 1, 0].map((value) => expect.closeTo(5 * value, 4)));
});

it("is zero where the activations are the same everywhere", async () => {
  expect(await eigenCamOf([2, 2, 2, 2, 7, 7, 7, 7], 2, 2, 2)).toEqual([0, 0, 0, 0]);
});
