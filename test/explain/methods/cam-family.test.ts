/** @file The CAM family against identities and computations by hand. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { ExplainerOptions } from "../../../src/explain/options.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";

const explained = async (graph: Graph, method: string, options: Partial<ExplainerOptions> = {}, input = images(2)) => {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features", method, ...options });
  return explainer.explain(input, { classes: [1] });
};

const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const scale = Math.max(...Array.from(b, Math.abs));
  Array.from(b, (value, i) => expect(Math.abs(value - (a[i] as number)) / scale).toBeLessThan(1e-5));
};

describe("with a global average and one linear layer", () => {
  it("CAM is the weights' sum, and Grad-CAM and HiResCAM are CAM over the number of places", async () => {
    const graph = convNet();
    const cam = await explained(graph, "cam", { include: ["activation"] });
    const weights = floats(graph.initializers.get("w3") as Tensor).subarray(3, 6);
    const activation = floats(cam.activation as Tensor);
    const sum = Float32Array.from({ length: 72 }, (_, i) => {
      const at = Math.floor(i / 36) * 108 + (i % 36);
      return weights.reduce((total, w, c) => total + w * (activation[at + 36 * c] as number), 0);
    });
    close(floats(cam.evidence), sum);
    close(floats(cam.weights as Tensor).subarray(0, 3), weights);
    for (const method of ["grad-cam", "hires-cam", "xgrad-cam"]) {
      const { evidence } = await explained(graph, method);
      close(
        floats(evidence).map((value) => 36 * value),
        sum,
      );
    }
  });

  it("the average may be any that takes all places, with a linear layer before or behind it", async () => {
    const heads: ((op: Builder, x: string) => string)[] = [
      (op, x) => op.ReduceMean(x, op.ints([2, 3]), { keepdims: 0 }),
      (op, x) => op.Flatten(op.AveragePool(x, { kernel_shape: [6, 6] })),
      (op, x) => {
        const kernel = op.constant(float32([3, 3, 1, 1], [1, 2, 0, 0, 1, 0, -1, 0, 1]));
        return op.Flatten(op.GlobalAveragePool(op.Conv(x, kernel)));
      },
    ];
    for (const head of heads) {
      const op = new Builder();
      const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 6, 6])));
      op.output(head(op, features), "y");
      const input = float32(
        [1, 3, 6, 6],
        Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)),
      );
      const { scores, evidence } = await explained(op.graph, "cam", {}, input);
      const mean = floats(evidence).reduce((sum, value) => sum + value, 0) / 36;
      expect(mean).toBeCloseTo(floats(scores)[1] as number, 5);
    }
  });
});

it("CAM is refused in one line where something else follows, with the node that does not fit", async () => {
  await expect(explained(convNet({ head: "flatten" }), "cam")).rejects.toThrow(
    /^cam at layer "features": expected a global average and linear layers alone behind it, got Gemm "Gemm": use grad-cam/,
  );
  await expect(explained(convNet({ skip: true }), "cam", { layer: "inner" })).rejects.toThrow(/got Relu/);
  const pooled = new Builder();
  const features = pooled.named("features", pooled.Relu(pooled.input("x", "float32", ["N", 3, 6, 6])));
  const half = pooled.AveragePool(features, { kernel_shape: [3, 3], strides: [3, 3] });
  pooled.output(pooled.Flatten(pooled.GlobalAveragePool(half)), "y");
  const input = float32([1, 3, 6, 6], Array(108).fill(1));
  await expect(explained(pooled.graph, "cam", {}, input)).rejects.toThrow(/got AveragePool/);
});

it("HiResCAM over a flatten-linear head sums to the logit minus its bias", async () => {
  const graph = convNet({ head: "flatten" });
  const { scores, evidence } = await explained(graph, "hires-cam", {}, images(1));
  const bias = floats(graph.initializers.get("b3") as Tensor)[1] as number;
  expect(floats(evidence).reduce((sum, value) => sum + value, 0)).toBeCloseTo((floats(scores)[1] as number) - bias, 4);
});

/** A layer of two channels on 1x2, A = (1, 2 | 3, 0), with the gradient (1, 2 | -1, 4). */
async function byHand(method: string): Promise<number[]> {
  const op = new Builder();
  const features = op.named("features", op.input("x", "float32", ["N", 2, 1, 2]));
  const rows = op.constant(float32([2, 4], [0, 0, 0, 0, 1, 2, -1, 4]));
  op.output(op.Gemm(op.Flatten(features), rows, undefined, { transB: 1 }), "y");
  const { evidence } = await explained(op.graph, method, {}, float32([1, 2, 1, 2], [1, 2, 3, 0]));
  return [...floats(evidence)];
}

it.each([
  // α = 1.5, 1.5
  ["grad-cam", [1.5 * 1 + 1.5 * 3, 1.5 * 2]],
  ["hires-cam", [1 * 1 - 1 * 3, 2 * 2]],
  ["grad-cam-elementwise", [1, 4]],
  ["layer-cam", [1 * 1 + 0 * 3, 2 * 2 + 4 * 0]],
  // w = (1·1 + 2·2) / 3, (3·-1 + 0·4) / 3
  ["xgrad-cam", [(5 / 3) * 1 - 3, (5 / 3) * 2]],
  // ΣA = 3, 3; α = g²/(2g² + 3g³) = 1/(2 + 3g): w = 1/5 + 2/8, and 0 (g < 0) + 4/14
  ["grad-cam++", [0.45 * 1 + (2 / 7) * 3, 0.45 * 2]],
] as const)("%s equals its equation computed by hand", async (method, expected) => {
  expect(await byHand(method)).toEqual(expected.map((value) => expect.closeTo(value, 5)));
});

it("EigenGrad-CAM is Eigen-CAM of gradient times activation, and depends on the class", async () => {
  const [eigen, one] = [await explained(convNet(), "eigen-cam"), await explained(convNet(), "eigen-grad-cam")];
  const peak = (values: Float32Array) => Math.max(...values.map(Math.abs));
  const [a, b] = [floats(eigen.evidence), floats(one.evidence)];
  expect(a.some((value, i) => Math.abs(value / peak(a) - (b[i] as number) / peak(b)) > 0.01)).toBe(true);
});

it("random CAM differs from seed to seed, and is the same for all images", async () => {
  const [a, b] = [await explained(convNet(), "random-cam"), await explained(convNet(), "random-cam", { seed: 2 })];
  const weights = [...floats(a.weights as Tensor)];
  expect(weights.slice(0, 3)).toEqual(weights.slice(3));
  expect(weights).not.toEqual([...floats(b.weights as Tensor)]);
  expect(weights.every((weight) => weight >= -1 && weight <= 1)).toBe(true);
});
