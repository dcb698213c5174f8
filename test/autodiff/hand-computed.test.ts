/**
 * @file A network small enough to differentiate by hand: 16 pixels 0..15, two 3x3 sums with biases -50 and -75, ReLU, a
 * linear layer whose rows all read (1, 1, 1, 1, 1, -1, -1, -1), ReLU.
 *
 * Convolution: 45 54 / 81 90 less the bias: channel 0 is -5 4 / 31 40, channel 1 is -30 -21 / 6 15. The score is
 * 0 + 4 + 31 + 40 + 0 - 0 - 6 - 15 = 54 > 0, so the last ReLU passes everything. The gradient at the first ReLU's output is
 * 1 1 / 1 1 and 1 -1 / -1 -1 with means 1 and -1/2; at the convolution 0 1 / 1 1 and 0 0 / -1 -1 with means 3/4 and -1/2.
 */

import { describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph, Value } from "../../src/onnx/graph.js";
import { float32 } from "../../src/onnx/tensor.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { layerGradients } from "../support/goldens/layer-gradients.js";
import { elements } from "../support/models/gradient.js";
import { runtime } from "../support/runtime.js";

const pixels = float32([1, 1, 4, 4], [...Array(16).keys()]);
const row = [1, 1, 1, 1, 1, -1, -1, -1];

async function network() {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 4, 4]);
  const ones = op.constant(float32([2, 1, 3, 3], Array(18).fill(1)), "ones");
  const conv = op.Conv(x, ones, op.constant(float32([2], [-50, -75]), "bias"));
  const relu = op.Relu(conv);
  const weights = op.constant(float32([4, 8], [row, row, row, row].flat()), "weights");
  op.output(op.Relu(op.Gemm(op.Flatten(relu), weights, { transB: 1 })), "scores");
  return { graph: await inferTypes(op.graph, runtime), conv, relu };
}

/** The weighted sum of the channels, the weights being the spatial means of the gradient. */
async function weightedSum(graph: Graph, layer: Value): Promise<number[]> {
  const { activation, gradient } = await layerGradients(graph, layer, pixels, [0]);
  const [a, g] = [elements(activation), elements(gradient)];
  const mean = (channel: number) => g.slice(4 * channel, 4 * channel + 4).reduce((sum, value) => sum + value / 4, 0);
  return [0, 1, 2, 3].map((i) => mean(0) * (a[i] as number) + mean(1) * (a[4 + i] as number));
}

describe("a network differentiated by hand", () => {
  it("has the gradient 1 1 1 1, 1 -1 -1 -1 at the first ReLU's output", async () => {
    const { graph, relu } = await network();
    const { gradient } = await layerGradients(graph, relu, pixels, [0]);
    expect(elements(gradient)).toEqual(row);
  });

  it("has the gradient 0 1 1 1, 0 0 -1 -1 at the convolution's output", async () => {
    const { graph, conv } = await network();
    const { activation, gradient } = await layerGradients(graph, conv, pixels, [0]);
    expect(elements(activation)).toEqual([-5, 4, 31, 40, -30, -21, 6, 15]);
    expect(elements(gradient)).toEqual([0, 1, 1, 1, 0, 0, -1, -1]);
  });

  it("has the weighted sum 11.25 13.5 / 20.25 22.5 at the convolution's output", async () => {
    const { graph, conv } = await network();
    expect(await weightedSum(graph, conv)).toEqual([11.25, 13.5, 20.25, 22.5]);
  });

  it("has the weighted sum 0 4 / 28 32.5 at the first ReLU's output", async () => {
    const { graph, relu } = await network();
    expect(await weightedSum(graph, relu)).toEqual([0, 4, 28, 32.5]);
  });
});
