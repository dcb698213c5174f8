/** @file Gradients that are summed up behind a network's first layers are the sums of those at the image. */

import { describe, expect, it } from "vitest";
import { affineStart } from "../../../../src/explain/run/sampled/affine-start.js";
import { openModel } from "../../../../src/model/open.js";
import { Builder } from "../../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../../src/onnx/tensor.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";
import { share } from "../../../support/share.js";
import { explained } from "../../methods/explained.js";

type First = (op: Builder, x: Value) => Value;

const weight = (op: Builder, dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
const convolution: First = (op, x) =>
  op.Conv(x, weight(op, [4, 3, 3, 3], "kernel"), weight(op, [4], "bias"), { pads: [1, 1, 1, 1], strides: [2, 2] });
const vector = (op: Builder, values: number[]) => op.constant(float32([3, 1, 1], values));
const scaled: First = (op, x) => op.Div(op.Sub(x, vector(op, [0.2, 0.3, 0.4])), vector(op, [0.5, 2, 4]));
const normalised: First = (op, x) => {
  const [variance, mean] = [op.constant(float32([4], [1, 2, 3, 4])), weight(op, [4], "mean")];
  const [scale, shift] = [weight(op, [4], "scale"), weight(op, [4], "shift")];
  return op.node("BatchNormalization", [convolution(op, x), scale, shift, mean, variance])[0];
};

/** First layers on [N, 3, 8, 8], and how many of their nodes are affine and in a chain. */
const firstLayers: Record<string, readonly [layers: First, affine: number]> = {
  "a convolution": [convolution, 1],
  "a normalised convolution of scaled colours": [(op, x) => normalised(op, scaled(op, x)), 4],
  "a constant less the image, weighted by place": [
    (op, x) => convolution(op, op.Mul(op.Sub(op.scalar(1), x), weight(op, [1, 3, 8, 8], "places"))),
    3,
  ],
  "colours behind the places": [
    (op, x) => convolution(op, op.Transpose(op.Transpose(x, { perm: [0, 2, 3, 1] }), { perm: [0, 3, 1, 2] })),
    3,
  ],
  "a padded convolution and its normalisation": [
    (op, x) => {
      const padded = op.Pad(x, op.ints([0, 0, 1, 1, 0, 0, 1, 1]));
      const planes = op.Conv(padded, weight(op, [4, 3, 3, 3], "kernel"), undefined, { strides: [2, 2] });
      const parameters = ["scale", "shift", "mean"].map((seed) => weight(op, [4], seed));
      return op.node("BatchNormalization", [planes, ...parameters, op.constant(float32([4], [1, 2, 3, 4]))])[0];
    },
    0,
  ],
  "two convolutions": [(op, x) => op.Conv(convolution(op, x), weight(op, [4, 4, 1, 1], "second")), 2],
  "a convolution behind a bend": [(op, x) => convolution(op, op.Tanh(x)), 0],
  "a convolution and its input": [
    (op, x) => op.Concat(convolution(op, x), op.AveragePool(x, { kernel_shape: [2, 2], strides: [2, 2] }), { axis: 1 }),
    0,
  ],
  "a product of the image with itself": [(op, x) => convolution(op, op.Mul(x, x)), 0],
  "what mixes images": [(op, x) => convolution(op, op.Sub(x, op.ReduceMean(x, op.ints([0]), { keepdims: 1 }))), 0],
};

/** The layers, a bend, and two scores. @param isChain or else the scores hear of the image on a second way, by nothing */
function network(layers: First, isChain = true): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  const bent = op.Tanh(op.Mul(op.scalar(0.3), op.Relu(layers(op, x))));
  const means = op.Flatten(op.GlobalAveragePool(op.Mul(bent, bent)));
  const four = op.Slice(means, op.ints([0]), op.ints([4]), op.ints([1]));
  const scores = op.MatMul(four, weight(op, [4, 2], "head"));
  const nothing = () => op.Mul(op.scalar(0), op.Flatten(op.ReduceMean(x, op.ints([1, 2, 3]), { keepdims: 1 })));
  op.output(isChain ? scores : op.Add(scores, nothing()), "y");
  return op.graph;
}

describe("the affine start of a network", () => {
  it.each(Object.entries(firstLayers))("%s", async (_, [layers, affine]) => {
    const { graph, input, scores } = await openModel(network(layers), runtime);
    const { nodes, end } = affineStart(graph, input.name, scores);
    expect(nodes).toHaveLength(affine);
    expect(end).toBe(nodes.at(-1)?.outputs[0] ?? "x");
  });

  it("ends before the scores", async () => {
    const { graph, input, scores } = await openModel(
      network(firstLayers["two convolutions"]?.[0] ?? convolution),
      runtime,
    );
    const [first, second] = affineStart(graph, input.name, scores).nodes;
    expect(affineStart(graph, input.name, second?.outputs[0] ?? "").nodes).toEqual([first]);
  });
});

const images = randomTensor([2, 3, 8, 8], "images");
const background = randomTensor([3, 3, 8, 8], "background");

const ways: Record<string, readonly [method: string, options: object]> = {
  "integrated gradients": ["integrated-gradients", {}],
  "integrated gradients from each image blurred": ["integrated-gradients", { baseline: "blur" }],
  "integrated gradients from several baselines": ["integrated-gradients", { baseline: background }],
  GradientSHAP: ["gradient-shap", {}],
  "GradientSHAP with noise": ["gradient-shap", { noise: 0.2 }],
  "expected gradients": ["expected-gradients", { baseline: background, samples: 20 }],
  SmoothGrad: ["smooth-grad", { samples: 12 }],
};

describe.each(Object.entries(ways))("%s", (_, [method, options]) => {
  const found = async (layers: First, isChain: boolean, input: Tensor) => {
    const { attribution } = await explained(network(layers, isChain), method, input, { classes: [0, 1], ...options });
    return floats(attribution as Tensor);
  };

  it.each(share(Object.entries(firstLayers), 4))("%s: the same as at the image", async (_name, [layers]) => {
    const [summed, plain] = [await found(layers, true, images), await found(layers, false, images)];
    const largest = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(summed.length).toBe(plain.length);
    summed.forEach((value, i) => expect(Math.abs(value - (plain[i] ?? Number.NaN))).toBeLessThan(1e-5 * largest));
  });
});
