/** @file FullGrad: completeness for every kind of node, and the map by hand. */

import { describe, expect, it } from "vitest";
import { Builder, float } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { share } from "../../support/share.js";
import { convolutional } from "../architectures/convolutional.js";
import { tensorflow } from "../architectures/tensorflow.js";
import { transformers } from "../architectures/transformers.js";
import { windowed } from "../architectures/windowed.js";
import { explained } from "./explained.js";

const pictures = (size: readonly number[] = [3, 16, 32]) => randomTensor([2, ...size], "pictures");

describe("FullGrad's shares add up to the score", () => {
  const architectures = share([...convolutional, ...tensorflow, ...transformers, ...windowed], 8);
  it.each(architectures.map((each) => [each.name, each] as const))("of %s", async (_, { build, input }) => {
    const graph = build({});
    const { completeness } = await explained(graph, "full-grad", pictures(input), { classes: [0, 3] });
    const [attributed, total] = [completeness?.attributed, completeness?.total].map((each) => floats(each as Tensor));
    const scale = Math.max(...(total as Float32Array).map(Math.abs));
    total?.forEach((value, i) => expect(Math.abs(value - (attributed?.[i] as number)) / scale).toBeLessThan(2e-4));
  });
});

it("FullGrad's map sums the magnitudes of each layer's shares, each layer brought from 0 to 1", async () => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 1, 3]);
  const kernel = op.constant(float32([1, 1, 1, 1], [2]));
  const conv = op.Conv(x, kernel, op.constant(float32([1], [-1])));
  const rows = op.constant(float32([3, 1], [1, -3, 2]));
  op.output(op.Gemm(op.Flatten(op.Relu(conv)), rows, op.constant(float32([1], [0.5])), { alpha: float(1) }), "y");
  // At x = (1, 2, 0) the ReLU passes the first two: ∂y/∂conv = (1, -3, 0), x ⊙ ∂y/∂x = (2, -12, 0), bias shares (-1, 3, 0).
  const { evidence, completeness, scores } = await explained(op.graph, "full-grad", float32([1, 1, 1, 3], [1, 2, 0]));
  expect([...floats(evidence)]).toEqual([2 / 12 + 1 / 3, 2, 0].map((value) => expect.closeTo(value, 5)));
  expect(floats(completeness?.attributed as Tensor)[0]).toBeCloseTo(2 - 12 - 1 + 3 + 0.5, 5);
  expect(floats(scores)[0]).toBeCloseTo(-7.5, 5);
});

it("against a class, FullGrad shares out the negated score", async () => {
  const [architecture] = convolutional;
  const graph = architecture?.build({}) as Graph;
  const { completeness, scores } = await explained(graph, "full-grad", pictures(architecture?.input), {
    against: true,
  });
  expect(floats(completeness?.total as Tensor)[0]).toBeCloseTo(-(floats(scores)[0] as number), 4);
});
