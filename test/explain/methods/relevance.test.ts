/** @file Layer-wise relevance propagation: other people's numbers, conservation, and what it refuses. */

import { describe, expect, it } from "vitest";
import { layerRelevance } from "../../../src/explain/steps/layer-relevance.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { explainedRelevance, relevanceError, relevanceReferences } from "../../support/peers/relevance.js";
import { runtime } from "../../support/runtime.js";
import { explained } from "./explained.js";

const sumOf = (tensor: Tensor | undefined) => floats(tensor ?? float32([0], [])).reduce((sum, value) => sum + value, 0);

describe("relevance of the input", () => {
  const cases = relevanceReferences.flatMap(({ method, code, networks }) =>
    networks.map((network) => [method, code, network] as const),
  );

  it.each(cases)("by %s is %s's, of the network %s", async (method, _code, network) => {
    expect(await relevanceError(method, network)).toBeLessThan(1e-4);
  });

  it("comes with its sum and the score: the difference is what biases took", async () => {
    const { attribution, completeness, scores } = await explainedRelevance("lrp", "vgg");
    expect(sumOf(completeness?.attributed)).toBeCloseTo(sumOf(attribution), 4);
    expect(sumOf(completeness?.total)).toBeCloseTo(Math.max(...floats(scores)), 4);
    expect(sumOf(completeness?.attributed)).toBeLessThan(sumOf(completeness?.total));
  });
});

/** Conv, max pool, a residual block, two branches side by side, average pools, linear: without biases, so that nothing is lost. */
function withoutBiases(): { graph: Graph; stages: readonly Value[] } {
  const op = new Builder();
  const conv = (x: Value, inputs: number, outputs: number, name: string) =>
    op.Relu(op.Conv(x, op.constant(randomTensor([outputs, inputs, 3, 3], name)), undefined, { pads: [1, 1, 1, 1] }));
  const image = op.input("x", "float32", ["N", 3, 12, 12]);
  const first = op.named("first", conv(image, 3, 6, "first"));
  const pooled = op.named("pooled", op.node("MaxPool", [first], { kernel_shape: [3, 3], strides: [2, 2] })[0]);
  const residual = op.named("residual", op.Relu(op.Add(pooled, conv(pooled, 6, 6, "second"))));
  const branches = [conv(residual, 6, 4, "left"), conv(residual, 6, 4, "right")];
  const joined = op.named("joined", op.Concat(...branches, { axis: 1 }));
  const averaged = op.named("averaged", op.AveragePool(joined, { kernel_shape: [2, 2], strides: [1, 1] }));
  const mean = op.named("mean", op.ReduceMean(averaged, op.ints([2, 3]), { keepdims: 0 }));
  op.output(op.MatMul(mean, op.constant(randomTensor([8, 4], "rows"))), "y");
  return { graph: op.graph, stages: ["x", "first", "pooled", "residual", "joined", "averaged", "mean"] };
}

/** What each of [2, 3, 12, 12] gets where every number of [2, 6, 12, 12] shares its own evenly over the 3 x 3 around it. */
function evenly(relevance: Float32Array): number[] {
  const side = Array.from({ length: 12 }, (_, i) => i);
  const around = (i: number) => [i - 1, i, i + 1].filter((at) => at >= 0 && at < 12);
  const sumAt = (image: number, row: number, column: number) =>
    [0, 1, 2, 3, 4, 5].reduce((sum, c) => sum + (relevance[((image * 6 + c) * 12 + row) * 12 + column] as number), 0);
  const shareOf = (image: number, row: number, column: number) =>
    sumAt(image, row, column) / (3 * around(row).length * around(column).length);
  const pixel = (image: number, y: number, x: number) =>
    around(y).reduce((all, row) => all + around(x).reduce((sum, column) => sum + shareOf(image, row, column), 0), 0);
  return [0, 1].flatMap((image) => [0, 1, 2].flatMap(() => side.flatMap((y) => side.map((x) => pixel(image, y, x)))));
}

describe("relevance of layers", () => {
  it.each(["lrp", "lrp-epsilon-plus", "lrp-epsilon", "lrp-gamma"])(
    "by %s is the score at each layer of a network without biases",
    async (method) => {
      const { graph, stages } = withoutBiases();
      const model = await openModel(graph, runtime);
      const images = randomTensor([1, 3, 12, 12], "images");
      const { score, relevance } = await layerRelevance(model, images, { runtime, values: stages, method });
      for (const stage of stages)
        expect(Math.abs(sumOf(relevance.get(stage)) / sumOf(score) - 1), stage).toBeLessThan(1e-4);
    },
  );

  it("by lrp-alpha2-beta1 is twice the positive contributions less the negative ones", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 2, 2]);
    const hidden = op.named("hidden", op.Relu(x));
    const kernel = op.constant(float32([1, 1, 2, 2], [1, -2, 3, -4]));
    op.output(
      op.Flatten(op.Conv(op.named("before", op.Conv(hidden, op.constant(float32([1, 1, 1, 1], [1])))), kernel)),
      "y",
    );
    const model = await openModel(op.graph, runtime);
    const images = float32([1, 1, 2, 2], [1, 2, 3, 1]);
    const options = { runtime, values: ["before"], method: "lrp-alpha2-beta1", classIndex: 0 };
    const { score, relevance } = await layerRelevance(model, images, options);
    // Contributions 1, -4, 9, -4: the score is 2.
    expect([...floats(score)]).toEqual([2]);
    const expected = [(2 * 2 * 1) / 10, (-2 * 4) / 8, (2 * 2 * 9) / 10, (-2 * 4) / 8];
    [...floats(relevance.get("before") ?? score)].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 4);
    });
  });

  it("goes from the first of them evenly to all that it sees, for each of several images", async () => {
    const { graph } = withoutBiases();
    const images = randomTensor([2, 3, 12, 12], "images");
    const model = await openModel(graph, runtime);
    const options = { runtime, values: ["first"], method: "lrp", classIndex: 0 };
    const { relevance } = await layerRelevance(model, images, options);
    const { attribution } = await explained(graph, "lrp", images);
    const expected = evenly(floats(relevance.get("first") ?? images));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
    floats(attribution ?? images).forEach((value, i) => {
      expect(value, `pixel ${i}`).toBeCloseTo(expected[i] as number, 5);
    });
  });

  it("are refused for a method that propagates none", async () => {
    const model = await openModel(withoutBiases().graph, runtime);
    const options = { runtime, values: ["x"], method: "grad-cam" };
    await expect(layerRelevance(model, randomTensor([1, 3, 12, 12], "images"), options)).rejects.toThrow(
      /^method: expected one of relevance propagation, such as lrp, got "?grad-cam/,
    );
  });
});

/** x through `build`, to scores by a linear layer of its sixteen numbers. */
function scored(build: (op: Builder, x: Value) => Value): Graph {
  const op = new Builder();
  const built = build(op, op.input("x", "float32", ["N", 1, 4, 4]));
  op.output(op.Gemm(op.Flatten(built), op.constant(randomTensor([16, 3], "rows"))), "y");
  return op.graph;
}

describe("rules", () => {
  const image = randomTensor([1, 1, 4, 4], "image");
  const attributionOf = async (graph: Graph, method = "lrp-epsilon") => {
    const { attribution } = await explained(graph, method, image);
    return floats(attribution ?? float32([0], []));
  };

  it("pass all through a function of single numbers, also where it is written as a product", async () => {
    const graphs = [
      scored((op, x) => op.Mul(x, op.Sigmoid(op.Identity(x)))),
      scored((op, x) => op.Mul(op.Mul(x, op.scalar(0.5)), op.Mul(op.Sigmoid(x), op.scalar(2)))),
    ];
    const [values, rows] = [floats(image), floats(randomTensor([16, 3], "rows"))];
    for (const graph of graphs) {
      // The linear layer shares the score by contributions.
      const found = await attributionOf(graph);
      values.forEach((value, i) => {
        expect(found[i]).toBeCloseTo((value / (1 + Math.exp(-value))) * (rows[3 * i] as number), 4);
      });
    }
  });

  it("halve the relevance of a product of two values that both depend on the image", async () => {
    const gate = (op: Builder, x: Value) => op.Sigmoid(op.ReduceMean(x, op.ints([2, 3])));
    const gated = scored((op, x) => op.Mul(x, gate(op, x)));
    const { scores, attribution } = await explained(gated, "lrp-epsilon", image);
    const score = floats(scores)[0] as number;
    const found = floats(attribution ?? scores);
    expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 3);
    const values = floats(image);
    const rows = floats(randomTensor([16, 3], "rows"));
    const mean = values.reduce((sum, value) => sum + value, 0) / 16;
    const sigmoid = 1 / (1 + Math.exp(-mean));
    values.forEach((value, i) => {
      const direct = value * sigmoid * (rows[3 * i] as number);
      const throughGate = ((score / 2) * value) / (16 * mean);
      expect(found[i]).toBeCloseTo(direct / 2 + throughGate, 3);
    });
  });

  it("take a batch normalisation for a part of the convolution before it", async () => {
    const vector = (name: string) =>
      float32(
        [2],
        Float32Array.from(floats(randomTensor([2], name)), (v) => Math.abs(v) + 0.5),
      );
    const [scale, shift, mean, variance] = ["scale", "shift", "mean", "variance"].map(vector) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const kernel = randomTensor([2, 1, 3, 3], "kernel");
    const build = (convolution: (op: Builder, x: Value) => Value) => {
      const op = new Builder();
      const x = op.input("x", "float32", ["N", 1, 4, 4]);
      const before = op.Relu(op.Conv(x, op.constant(float32([1, 1, 1, 1], [1]))));
      const features = op.Relu(convolution(op, before));
      op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([2, 3], "rows"))), "y");
      return op.graph;
    };
    const apart = build((op, x) => {
      const values = [scale, shift, mean, variance].map((tensor) => op.constant(tensor));
      return op.node("BatchNormalization", [
        op.Conv(x, op.constant(kernel), undefined, { pads: [1, 1, 1, 1] }),
        ...values,
      ])[0];
    });
    const factor = floats(scale).map((value, i) => value / Math.sqrt((floats(variance)[i] as number) + 1e-5));
    const merged = build((op, x) => {
      const weights = floats(kernel).map((value, i) => value * (factor[Math.floor(i / 9)] as number));
      const bias = floats(shift).map((value, i) => value - (floats(mean)[i] as number) * (factor[i] as number));
      return op.Conv(x, op.constant(float32([2, 1, 3, 3], weights)), op.constant(float32([2], bias)), {
        pads: [1, 1, 1, 1],
      });
    });
    for (const method of ["lrp", "lrp-epsilon", "lrp-gamma"]) {
      const [a, b] = [await attributionOf(apart, method), await attributionOf(merged, method)];
      const scale = Math.max(...b.map(Math.abs));
      a.forEach((value, i) => {
        expect(Math.abs(value - (b[i] as number)) / scale, method).toBeLessThan(1e-5);
      });
    }
  });

  it("name an operator that has none, and what to do instead", async () => {
    const graph = scored((op, x) => op.ReduceSumSquare(x, op.ints([1])));
    await expect(explained(graph, "lrp", image)).rejects.toThrow(
      /operator ReduceSumSquare has no rule of relevance propagation: use gradient-x-input or integrated-gradients/,
    );
  });
});
