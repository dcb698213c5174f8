/** @file Fewer channels, options that a method does not take, and networks that cannot take several passes at once. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../../src/explain/explainer.js";
import type { ExplainerOptions } from "../../../../src/explain/options.js";
import { chooseChannels } from "../../../../src/explain/run/passes/choose-channels.js";
import type { Model } from "../../../../src/model/model.js";
import { openModel } from "../../../../src/model/open.js";
import { classMinus } from "../../../../src/model/targets/class-minus.js";
import { outputScores } from "../../../../src/model/targets/output-scores.js";
import { withTarget } from "../../../../src/model/targets/target.js";
import { Builder } from "../../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../../src/onnx/graph.js";
import { dataTypes, floats, Tensor } from "../../../../src/onnx/tensor.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";
import { convNet, images } from "../../architectures/networks.js";

async function explained(graph: Graph, x: Tensor, options: Partial<ExplainerOptions>) {
  const explainer = await createExplainer(await openModel(graph, runtime), { runtime, ...options });
  try {
    return await explainer.explain(x, { classes: [1] });
  } finally {
    await explainer.close();
  }
}

const close = (a: Tensor, b: Tensor, tolerance = 1e-4) => {
  const [found, expected] = [floats(a), floats(b)];
  const scale = Math.max(...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(value - (found[i] as number)) / scale).toBeLessThan(tolerance));
};

describe("the channels with the largest activation", () => {
  it("are chosen with what the others hold", () => {
    expect(chooseChannels([1, 5, 2, 2], 2)).toEqual({ channels: [1, 2], neglected: 0.3 });
    expect(chooseChannels([1, 5, 2, 2])).toEqual({ channels: [0, 1, 2, 3], neglected: 0 });
    expect(chooseChannels([1, 5], 9)).toEqual({ channels: [0, 1], neglected: 0 });
    expect(chooseChannels([0, 0, 0], 1)).toEqual({ channels: [0], neglected: 0 });
  });

  it.each(["score-cam", "ss-cam", "is-cam", "ablation-cam"])("are all that %s looks at", async (method) => {
    const few = method === "score-cam" || method === "ablation-cam" ? {} : { samples: 2 };
    const found = await explained(convNet(), images(2), { method, topChannels: 2, ...few });
    const [weights, shares] = [floats(found.weights as Tensor), found.neglected as readonly number[]];
    for (const i of [0, 1]) {
      expect([...weights.subarray(3 * i, 3 * i + 3)].filter((weight) => weight === 0)).toHaveLength(1);
      expect(shares[i]).toBeGreaterThan(0);
      expect(shares[i]).toBeLessThan(1 / 3);
    }
  });

  it("have the weights that they have among all, by Ablation-CAM", async () => {
    const all = await explained(convNet(), images(1), { method: "ablation-cam" });
    const two = await explained(convNet(), images(1), { method: "ablation-cam", topChannels: 2 });
    expect(all.neglected).toBeUndefined();
    const [before, after] = [floats(all.weights as Tensor), floats(two.weights as Tensor)];
    after.forEach((weight, k) => {
      if (weight !== 0) expect(weight).toBeCloseTo(before[k] as number, 5);
    });
  });
});

describe("what a method does not take is refused:", () => {
  it.each([
    ["occlusion", { topChannels: 3 }, "topChannels: expected none for the method occlusion, which does not run"],
    ["grad-cam", { topChannels: 3 }, "topChannels: expected none for the method grad-cam, which does not run"],
    ["score-cam", { topChannels: 0 }, "topChannels: expected a whole number from 1 on, got 0"],
    ["rise", { samples: 1.5 }, "samples: expected a whole number from 1 on, got 1.5"],
    ["occlusion", { layer: "features" }, "layer features: expected none for occlusion, which explains pixels"],
  ])("%s, %j", async (method, options, sentence) => {
    await expect(explained(convNet(), images(1), { method, ...options })).rejects.toThrow(sentence);
  });
});

describe("a network whose results depend on what else is in the batch", () => {
  /** Subtracts what is the mean of the whole batch. */
  function mixing(): Graph {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 6, 6]);
    const features = op.named("features", op.Relu(op.Conv(x, op.constant(randomTensor([3, 2, 3, 3], "k")))));
    const moved = op.Sub(features, op.Mul(op.ReduceMean(features, { keepdims: 0 }), op.scalar(5)));
    const rows = op.constant(randomTensor([48, 4], "rows"));
    op.output(op.MatMul(op.Flatten(op.Relu(moved)), rows), "y");
    return op.graph;
  }

  it.each(["score-cam", "ablation-cam", "occlusion"])("is run one pass at a time, by %s", async (method) => {
    const graph = mixing();
    const fixed = { ...graph, inputs: [{ name: "x", type: "float32" as const, dims: [1, 2, 6, 6] }] };
    const [free, alone] = [
      await explained(graph, images(1), { method }),
      await explained(fixed, images(1), { method }),
    ];
    close(free.evidence, alone.evidence);
  });
});

describe("a network that finds its images by their place in the batch", () => {
  /** As torch.export writes a pool whose result is read by strides; the score hardly changes with a channel. */
  function strided(indices: "int32" | "int64"): Graph {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 6, 6]);
    const count = op.Squeeze(op.Gather(op.Shape(x), op.ints([0])));
    const starts = op.Unsqueeze(op.Range(op.int(0), op.Mul(count, op.int(3)), op.int(3)), op.ints([1]));
    const places = op.Cast(op.Add(starts, op.ints([0, 1, 2])), { to: dataTypes[indices] });
    const features = op.named("features", op.Relu(op.Conv(x, op.constant(randomTensor([3, 2, 3, 3], "k")))));
    const pooled = op.Gather(op.Reshape(op.GlobalAveragePool(features), op.ints([-1])), places);
    op.output(op.Gemm(pooled, op.constant(randomTensor([3, 4], "rows")), op.scalar(1000)), "y");
    return op.graph;
  }

  it.each(["int32", "int64"] as const)("has them found among the passes, too (%s)", async (indices) => {
    const graph = strided(indices);
    const fixed = { ...graph, inputs: [{ name: "x", type: "float32" as const, dims: [1, 2, 6, 6] }] };
    const options = { method: "ablation-cam", layer: "features" };
    const [free, alone] = [await explained(graph, images(2), options), await explained(fixed, images(2), options)];
    expect(new Set(floats(free.weights as Tensor)).size).toBe(6);
    // A score of 1000 leaves four digits of what a channel takes from it.
    close(free.evidence, alone.evidence, 1e-2);
  });
});

describe("what is no class", () => {
  it.each(["occlusion", "rise"])("is measured by its score, by %s", async (method) => {
    const model = await openModel(convNet({ ending: "Softmax" }), runtime);
    const single = await withTarget(model, outputScores({ output: model.scores, from: [1, 2] }), runtime);
    const difference = await withTarget(model, classMinus(0), runtime);
    const evidenceOf = async (of: Model, index: number) => {
      const explainer = await createExplainer(of, { runtime, method, samples: 50 });
      const { evidence } = await explainer.explain(images(1), { classes: [index] });
      await explainer.close();
      return evidence;
    };
    const [one, zero] = [await evidenceOf(single, 0), await evidenceOf(difference, 0)];
    expect(Math.max(...floats(one).map(Math.abs))).toBeGreaterThan(0.01);
    // Class 0 minus class 0: nothing that is hidden changes it.
    expect(Math.max(...floats(zero).map(Math.abs))).toBe(0);
  });
});

describe("layers of other kinds", () => {
  it("a layer of a single place has the mean of its channels, or what they weigh", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, "H", "W"]);
    const features = op.named("features", op.Conv(x, op.constant(randomTensor([3, 2, 3, 3], "k"))));
    const pooled = op.Flatten(op.GlobalAveragePool(features));
    op.output(op.MatMul(pooled, op.constant(randomTensor([3, 4], "rows"))), "y");
    const x3 = randomTensor([1, 2, 3, 3], "x");
    const include = ["activation"] as const;
    const score = await explained(op.graph, x3, { method: "score-cam", layer: "features", include });
    const mean = floats(score.activation as Tensor).reduce((sum, value) => sum + value / 3, 0);
    // A channel of a single place has nothing to scale: every mask hides the whole image.
    expect([...floats(score.evidence)]).toEqual([expect.closeTo(mean, 5)]);
    const ablation = await explained(op.graph, x3, { method: "ablation-cam", layer: "features", include });
    const weights = floats(ablation.weights as Tensor);
    const sum = floats(ablation.activation as Tensor).reduce(
      (all, value, k) => all + value * (weights[k] as number),
      0,
    );
    expect([...floats(ablation.evidence)]).toEqual([expect.closeTo(sum, 5)]);
  });

  it.each(["uint8", "int8"] as const)("a channel of whole numbers (%s) is gone at its zero point", async (type) => {
    const zero = type === "uint8" ? 128 : -3;
    const build = (quantized: boolean) => {
      const op = new Builder();
      const x = op.input("x", "float32", ["N", 2, 6, 6]);
      const conv = op.Conv(x, op.constant(randomTensor([3, 2, 3, 3], "k")));
      const [scale, point] = [op.scalar(0.02), op.constant(wholeNumber(type, zero))];
      const q = op.node("QuantizeLinear", [conv, scale, point])[0] as Value;
      if (quantized) op.layer("features", "MaxPool", [q], { kernel_shape: [2, 2], strides: [2, 2] });
      const real = (value: Value) => op.node("DequantizeLinear", [value, scale, point])[0] as Value;
      const pool = (value: Value) => op.node("MaxPool", [value], { kernel_shape: [2, 2], strides: [2, 2] })[0] as Value;
      const features = quantized ? real("features") : op.named("features", pool(real(q)));
      op.output(op.MatMul(op.Flatten(features), op.constant(randomTensor([12, 4], "rows"))), "y");
      return op.graph;
    };
    const options = { method: "ablation-cam", layer: "features" };
    const [whole, real] = [
      await explained(build(true), images(1), options),
      await explained(build(false), images(1), options),
    ];
    close(whole.evidence, real.evidence);
    close(whole.weights as Tensor, real.weights as Tensor);
  });
});

function wholeNumber(type: "uint8" | "int8", value: number): Tensor {
  return new Tensor(type, [], type === "uint8" ? Uint8Array.of(value) : Int8Array.of(value));
}
