/** @file Attributions to pixels against computations by hand. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { convNet, images } from "../architectures/networks.js";
import { explained } from "./explained.js";

/** y = ⟨w, x⟩ for pictures of three channels on 1x2. */
function linearNetwork(weights: readonly number[]): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 1, 2]);
  op.output(op.Gemm(op.Flatten(x), op.constant(float32([6, 1], weights))), "y");
  return op.graph;
}

const picture = float32([1, 3, 1, 2], [1, 2, 3, 4, 5, 6]);

describe("a linear network", () => {
  const weights = [1, -2, 3, 0, -4, 1];

  it("has its weights as the gradient, whose map is the largest magnitude over the channels", async () => {
    const { attribution, evidence } = await explained(linearNetwork(weights), "gradient", picture);
    expect([...floats(attribution as Tensor)]).toEqual(weights);
    expect([...floats(evidence)]).toEqual([4, 2]);
  });

  it("is the sum of gradient times input", async () => {
    const { evidence, scores } = await explained(linearNetwork(weights), "gradient-x-input", picture);
    expect([...floats(evidence)]).toEqual([1 + 9 - 20, -4 + 0 + 6]);
    expect(floats(evidence).reduce((sum, value) => sum + value, 0)).toBe(floats(scores)[0]);
  });
});

it("explains the pixels of a network that takes channels last in their own order", async () => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 1, 3]);
  op.output(op.Gemm(op.Flatten(x), op.constant(float32([6, 1], [1, -2, 3, 0, -4, 1]))), "y");
  const { attribution } = await explained(op.graph, "gradient", float32([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]));
  expect(attribution?.dims).toEqual([1, 1, 3, 2, 1]);
  expect([...floats(attribution as Tensor)]).toEqual([1, 0, -2, -4, 3, 1]);
});

it("guided backpropagation lets pass only what is positive at each rectifier, a Clip from 0 included", async () => {
  // y = -relu(x₁) + relu(x₂) + relu(-x₃ + 2): what arrives is -1, 1, 1; x = (1, 2, 1).
  for (const rectify of [
    (op: Builder, x: string) => op.Relu(x),
    (op: Builder, x: string) => op.Clip(x, op.scalar(0), op.scalar(6)),
  ]) {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 1, 1]);
    const turned = op.Mul(x, op.constant(float32([3, 1, 1], [1, 1, -1])));
    const hidden = rectify(op, op.Add(turned, op.constant(float32([3, 1, 1], [0, 0, 2]))));
    op.output(op.Gemm(op.Flatten(hidden), op.constant(float32([3, 1], [-1, 1, 1]))), "y");
    const { attribution } = await explained(op.graph, "guided-backprop", float32([1, 3, 1, 1], [1, 2, 1]));
    expect([...floats(attribution as Tensor)]).toEqual([0, 1, -1]);
    const plain = await explained(op.graph, "gradient", float32([1, 3, 1, 1], [1, 2, 1]));
    expect([...floats(plain.attribution as Tensor)]).toEqual([-1, 1, -1]);
  }
});

it("Guided Grad-CAM is guided backpropagation times the rectified Grad-CAM", async () => {
  const of = async (method: string, layer = "auto") => explained(convNet(), method, images(2), { layer, classes: [1] });
  const [both, guided, cam] = [
    await of("guided-grad-cam", "features"),
    await of("guided-backprop"),
    await of("grad-cam", "features"),
  ];
  expect(both.evidence.dims).toEqual([2, 1, 6, 6]);
  const [product, one, map] = [both.attribution, guided.attribution, cam.maps].map((each) => floats(each as Tensor));
  product?.forEach((value, i) => {
    const place = Math.floor(i / 72) * 36 + (i % 36);
    expect(value).toBeCloseTo((one?.[i] as number) * (map?.[place] as number), 5);
  });
});

it("Guided Grad-CAM explains several classes as it does one, where a pool lies before the layer", async () => {
  const op = new Builder();
  const weights = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const first = op.Relu(op.Conv(op.input("x", "float32", ["N", 2, 12, 12]), weights([4, 2, 3, 3], "a")));
  const [pooled] = op.node("MaxPool", [first], { kernel_shape: [3, 3], strides: [2, 2] });
  const [normal] = op.node("LRN", [pooled], { size: 3, alpha: { type: "float", value: 0.5 } });
  const features = op.named("features", op.Relu(op.Conv(normal, weights([4, 4, 2, 2], "b"))));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), weights([4, 3], "c")), "y");
  const input = randomTensor([1, 2, 12, 12], "picture");
  const of = async (classes: number[]) =>
    floats((await explained(op.graph, "guided-grad-cam", input, { layer: "features", classes })).evidence);
  const both = await of([0, 2]);
  const alone = [...(await of([0])), ...(await of([2]))];
  expect(Math.max(...both)).toBeGreaterThan(0);
  both.forEach((value, i) => expect(value).toBeCloseTo(alone[i] as number, 5));
});

describe("refusals", () => {
  it("guided backpropagation is refused where there is nothing to guide", async () => {
    await expect(explained(linearNetwork([1, 1, 1, 1, 1, 1]), "guided-backprop", picture)).rejects.toThrow(
      /^guided backpropagation: expected rectifiers .* in the network, got none: use gradient$/,
    );
  });

  it("a method of pixels takes no layer, and wants places", async () => {
    await expect(explained(convNet(), "gradient", images(1), { layer: "features" })).rejects.toThrow(
      /^layer features: expected none for gradient, which explains pixels$/,
    );
    const op = new Builder();
    op.output(op.Gemm(op.input("x", "float32", ["N", 3]), op.constant(float32([3, 1], [1, 2, 3]))), "y");
    await expect(explained(op.graph, "gradient", float32([1, 3], [1, 2, 3]))).rejects.toThrow(
      /^input "x": expected images \[N, C, H, W\], signals \[N, C, L\], or volumes or clips \[N, C, D, H, W\], got \[N, 3\]$/,
    );
  });
});
