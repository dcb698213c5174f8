/** @file Finer-CAM, Shapley-CAM and KPCA-CAM against computations by hand. */

import { expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { explained } from "./explained.js";

const close = (a: ArrayLike<number>, b: readonly number[], digits = 5) => {
  expect(Array.from(a)).toEqual(b.map((value) => expect.closeTo(value, digits)));
};

it("Finer-CAM with equal weights weighs channels by the class's weights less the mean of those of the three nearest classes", async () => {
  const graph = convNet();
  const rows = floats(graph.initializers.get("w3") as Tensor);
  const { weights } = await explained(graph, "finer-cam-equal", images(1), { classes: [2], layer: "features" });
  // Four classes: the three others, whatever their scores.
  const difference = [0, 1, 2].map((k) => {
    const of = (index: number) => rows[3 * index + k] as number;
    return (of(2) - (of(0) + of(1) + of(3)) / 3) / 36;
  });
  close(floats(weights as Tensor), difference);
});

it("Finer-CAM takes the classes whose scores are nearest, itself left out, and fewer where there are fewer", async () => {
  const scoresOf = (biases: readonly number[]) => {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 1, 1, 2])));
    const rows = float32(
      [1, biases.length],
      biases.map((_, i) => 10 ** i),
    );
    const mean = op.Flatten(op.GlobalAveragePool(features));
    op.output(op.Gemm(mean, op.constant(rows), op.constant(float32([biases.length], biases))), "y");
    return op.graph;
  };
  const zeros = float32([1, 1, 1, 2], [0, 0]);
  const of = async (biases: readonly number[], index: number) => {
    const { weights } = await explained(scoresOf(biases), "finer-cam-equal", zeros, {
      classes: [index],
      layer: "features",
    });
    return 2 * (floats(weights as Tensor)[0] as number);
  };
  // Of class 1 (score 2) the nearest are 3 (2, the same), 0 (1) and 4 (3.5), not 2 (9).
  expect(await of([1, 2, 9, 2, 3.5], 1)).toBeCloseTo(10 - (1 + 1000 + 10000) / 3, 2);
  expect(await of([1, 2], 1)).toBeCloseTo(10 - 1, 5);
});

it("Finer-CAM weighs the similar classes by their probabilities, and the weights move with the scores", async () => {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 1, 1, 2])));
  const [slopes, biases] = [
    [1, 10, 100, 1000],
    [2, 1.5, 0.5, 1],
  ];
  const mean = op.Flatten(op.GlobalAveragePool(features));
  op.output(op.Gemm(mean, op.constant(float32([1, 4], slopes)), op.constant(float32([4], biases))), "y");
  const zeros = float32([1, 1, 1, 2], [0, 0]);
  const { weights } = await explained(op.graph, "finer-cam", zeros, { classes: [0], layer: "features" });
  // u(a) = Σ pᵈ(y⁰ - yᵈ) / Σ pᵈ over classes 1 to 3, along the mean activation a, by a central difference.
  const difference = (a: number) => {
    const scores = biases.map((bias, i) => bias + (slopes[i] as number) * a);
    const odds = scores.slice(1).map(Math.exp);
    const total = odds.reduce((sum, each) => sum + each, 0);
    return odds.reduce((sum, each, i) => sum + (each / total) * ((scores[0] as number) - (scores[i + 1] as number)), 0);
  };
  const slope = (difference(1e-6) - difference(-1e-6)) / 2e-6;
  expect(2 * (floats(weights as Tensor)[0] as number)).toBeCloseTo(slope, 2);
});

it("Shapley-CAM takes half of the Hessian times the activation from the gradient of y + log p", async () => {
  const op = new Builder();
  const features = op.named("features", op.input("x", "float32", ["N", 1, 1, 2]));
  const squared = op.Flatten(op.GlobalAveragePool(op.Mul(features, features)));
  op.output(op.Gemm(squared, op.constant(float32([1, 2], [1, 0]))), "y");
  const [a, b] = [0.6, -0.2];
  const { weights, evidence } = await explained(op.graph, "shapley-cam", float32([1, 1, 1, 2], [a, b]), {
    layer: "features",
  });
  // y₁ = (a² + b²)/2 and y₂ = 0: with p = σ(y₁), u = y₁ + log p has u' = 2 - p and u'' = -p(1 - p) by y₁, and ∂y₁/∂A = A.
  const y = (a * a + b * b) / 2;
  const p = 1 / (1 + Math.exp(-y));
  const along = 2 * y;
  const weight = (each: number) => (2 - p) * each - 0.5 * ((2 - p) * each - p * (1 - p) * along * each);
  const mean = (weight(a) + weight(b)) / 2;
  close(floats(weights as Tensor), [mean]);
  close(floats(evidence), [mean * a, mean * b]);
});

it("Shapley-CAM is a multiple of Grad-CAM for a linear head with one class of probability nearly 1", async () => {
  const op = new Builder();
  const features = op.named("features", op.input("x", "float32", ["N", 2, 2, 2]));
  const mean = op.Flatten(op.GlobalAveragePool(features));
  op.output(op.Gemm(mean, op.constant(float32([2, 2], [50, 0, 30, 0]))), "y");
  const image = float32([1, 2, 2, 2], [1, 2, 3, 4, 1, 0, 2, 5]);
  const [shapley, plain] = [
    await explained(op.graph, "shapley-cam", image, { layer: "features" }),
    await explained(op.graph, "grad-cam", image, { layer: "features" }),
  ];
  close(floats(shapley.evidence), [...floats(plain.evidence)], 3);
});

it("Shapley-CAM is refused in one line where the gradient of the gradient is not known", async () => {
  await expect(explained(convNet({ skip: true }), "shapley-cam", images(2), { layer: "stem" })).rejects.toThrow(
    /^shapley-cam at layer "stem": expected one behind the last convolution or attention, whose gradient has a gradient: /,
  );
});

/** The first component of the centred kernel tanh(a·b/C + 1), by plain power iteration with a shift. */
function kernelComponent(rows: readonly (readonly number[])[]): number[] {
  const count = rows.length;
  const channels = rows[0]?.length as number;
  const means = Array.from(
    { length: channels },
    (_, k) => rows.reduce((sum, row) => sum + (row[k] as number), 0) / count,
  );
  const centred = rows.map((row) => row.map((value, k) => value - (means[k] as number)));
  const kernel = centred.map((a) =>
    centred.map((b) => Math.tanh(a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / channels + 1)),
  );
  const rowMeans = kernel.map((row) => row.reduce((sum, value) => sum + value, 0) / count);
  const all = rowMeans.reduce((sum, value) => sum + value, 0) / count;
  const matrix = kernel.map((row, i) =>
    row.map((value, j) => value - (rowMeans[i] as number) - (rowMeans[j] as number) + all),
  );
  const times = (v: readonly number[]) => matrix.map((row) => row.reduce((sum, m, j) => sum + m * (v[j] as number), 0));
  let vector = rows.map((_, i) => Math.sin(i + 1));
  for (let step = 0; step < 20_000; step++) {
    const next = times(vector).map((value, i) => value + count * (vector[i] as number));
    const length = Math.hypot(...next);
    vector = next.map((value) => value / length);
  }
  const value = times(vector).reduce((sum, each, i) => sum + each * (vector[i] as number), 0);
  return vector.map((each) => each * Math.sqrt(value));
}

it("KPCA-CAM is the first component of the centred kernel, with the sign of the mean activation", async () => {
  const op = new Builder();
  const features = op.named("features", op.input("x", "float32", ["N", 2, 3, 2]));
  op.output(op.Flatten(op.GlobalAveragePool(features)), "y");
  const values = [1, 5, 2, 0, 3, 7, 2, 1, 0, 4, 4, 1];
  const { evidence } = await explained(op.graph, "kpca-cam", float32([1, 2, 3, 2], values), { layer: "features" });
  const rows = [0, 1, 2, 3, 4, 5].map((place) => [values[place] as number, values[6 + place] as number]);
  const expected = kernelComponent(rows);
  const sign = Math.sign(
    expected.reduce((sum, value, i) => sum + value * ((rows[i]?.[0] ?? 0) + (rows[i]?.[1] ?? 0)), 0),
  );
  close(
    floats(evidence),
    expected.map((value) => sign * value),
    3,
  );
});

it("KPCA-CAM is refused in one line for a layer of too many places", async () => {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 2, 65, 64])));
  op.output(op.Flatten(op.GlobalAveragePool(features)), "y");
  const model = await openModel(op.graph, runtime);
  await expect(createExplainer(model, { runtime, method: "kpca-cam" })).rejects.toThrow(
    /^kpca-cam at layer "features": expected at most 4096 places, got 65x64$/,
  );
});
