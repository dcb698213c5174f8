/** @file Quantised models: weights alone, with simulated quantisation (QDQ), and in whole numbers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../src/explain/compile.js";
import { createExplainer } from "../../src/explain/explainer.js";
import type { ExplainerOptions } from "../../src/explain/options.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import { openModel } from "../../src/model/open.js";
import { createClassifier } from "../../src/model/run/classifier.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph, Value } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { fixtureGoldens, goldenCases, relativeDifference } from "../support/goldens/goldens.js";
import { quantized } from "../support/models/quantize.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

const explained = async (graph: Graph | Uint8Array, x: Tensor, options: Partial<ExplainerOptions> = {}) => {
  const model = await openModel(graph, runtime);
  const explainer = await createExplainer(model, { runtime, ...options });
  return { model, explainer, explanation: await explainer.explain(x, { classes: ["predicted", 1] }) };
};

const goldens = goldenCases(fixtureGoldens).map((golden) => {
  const graph = readModel(readFileSync(join(golden.folder, golden.models[0] as string)));
  return { golden, graph, feeds: { [graph.inputs[0]?.name as string]: golden.input } };
});

/** How much two maps point the same way: the cosine of the angle between them. */
function likeness(a: Tensor, b: Tensor): number {
  const [x, y] = [a, b].map((tensor) => [...(tensor.data as Float32Array)]) as [number[], number[]];
  const dot = (p: number[], q: number[]) => p.reduce((sum, value, i) => sum + value * (q[i] as number), 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

describe.each(goldens.map((each) => [each.golden.name, each] as const))("%s", (_name, { golden, graph, feeds }) => {
  it("with quantised weights alone is differentiated as any network, and both proofs hold", async () => {
    const bytes = writeModel(await quantized(graph, feeds, { activations: false }));
    const { model, explainer, explanation } = await explained(bytes, golden.input);
    expect(explainer.notes).toEqual([]);
    const original = await explained(graph, golden.input);
    expect(explainer.layer.name).toBe(original.explainer.layer.name);
    expect(likeness(explanation.evidence, original.explanation.evidence)).toBeGreaterThan(0.999);
    const check = await checkModel(model, { runtime, source: bytes });
    expect(check).toMatchObject({ passed: true, scores: { tolerance: 1e-4 }, gradient: { passed: true } });
  });

  it("with quantised activations gets the straight-through gradient, and says so", async () => {
    const bytes = writeModel(await quantized(graph, feeds));
    const { model, explainer, explanation } = await explained(bytes, golden.input, { layer: "-1" });
    expect(explainer.notes).toEqual([
      "the model is quantised: the gradient is the straight-through one, which takes rounding for the identity",
    ]);
    const original = await explained(graph, golden.input);
    expect(likeness(explanation.evidence, original.explanation.evidence)).toBeGreaterThan(0.99);
    expect(explanation.predicted).toEqual(original.explanation.predicted);
    const check = await checkModel(model, { runtime, source: bytes, input: golden.input });
    expect(check).toMatchObject({ passed: true, gradient: undefined, notes: explainer.notes });
    const noGradient = await createExplainer(model, { runtime, layer: "-1", method: "eigen-cam" });
    expect(noGradient.notes).toEqual([]);
    const compiled = await runtime.open(readModel(writeModel(compileExplanation(model))));
    expect(Object.keys(await compiled.run(feeds))).toContain("heatmap");
  });
});

const scalar = (type: "uint8" | "int8" | "int32", value: number) => {
  const array = { uint8: Uint8Array, int8: Int8Array, int32: Int32Array }[type];
  return new Tensor(type, [], array.of(value));
};

const whole = (dims: readonly number[], seed: string) =>
  new Tensor(
    "int8",
    dims,
    Int8Array.from(randomTensor(dims, seed).data as Float32Array, (value) => Math.round(100 * value)),
  );

/** [1, 2, 6, 6] to 3 scores, in whole numbers from the first convolution to the last product. */
const inWholeNumbers: Record<string, (op: Builder, x: Value) => Value> = {
  "QLinearConv and QLinearMatMul": (op, x) => {
    const [scale, zero, wZero] = [op.scalar(0.01), op.constant(scalar("uint8", 128)), op.constant(scalar("int8", 0))];
    const q = op.node("QuantizeLinear", [x, scale, zero])[0] as Value;
    const conv = op.node("QLinearConv", [
      q,
      scale,
      zero,
      op.constant(whole([4, 2, 3, 3], "w")),
      scale,
      wZero,
      op.scalar(0.05),
      zero,
    ])[0];
    const flat = op.Reshape(conv, op.ints([0, 64]));
    const y = op.node("QLinearMatMul", [
      flat,
      op.scalar(0.05),
      zero,
      op.constant(whole([64, 3], "v")),
      scale,
      wZero,
      op.scalar(0.2),
      zero,
    ])[0];
    return op.node("DequantizeLinear", [y, op.scalar(0.2), zero])[0] as Value;
  },
  "ConvInteger and MatMulInteger of DynamicQuantizeLinear": (op, x) => {
    const dynamic = (value: Value) => op.node("DynamicQuantizeLinear", [value], {}, 3) as [Value, Value, Value];
    const [q, scale, zero] = dynamic(x);
    const conv = op.node("ConvInteger", [q, op.constant(whole([4, 2, 3, 3], "w")), zero])[0];
    const features = op.Relu(op.Mul(op.Cast(conv, { to: 1 }), op.Mul(scale, op.scalar(0.01))));
    const [flat, s, z] = dynamic(op.Flatten(features));
    const product = op.node("MatMulInteger", [flat, op.constant(whole([64, 3], "v")), z])[0];
    return op.Mul(op.Cast(product, { to: 1 }), op.Mul(s, op.scalar(0.01)));
  },
};

describe("a model that computes in whole numbers,", () => {
  it.each(Object.entries(inWholeNumbers))(
    "%s, is refused in one line where a gradient is needed, and classifies",
    async (_name, build) => {
      const op = new Builder();
      op.output(op.Softmax(build(op, op.input("x", "float32", ["N", 2, 6, 6])), { axis: 1 }), "y");
      const model = await openModel(writeModel(op.graph), runtime);
      const sentence =
        /^node ".+": operator \w+ belongs to a quantised model, whose gradient is zero or undefined everywhere: use the float model that it was made from, or one quantised as QDQ \(QuantizeLinear, DequantizeLinear\); eigen-cam, .* need no gradient$/;
      await expect(createExplainer(model, { runtime })).rejects.toThrow(sentence);
      expect(() => compileExplanation(model)).toThrow(sentence);
      const classifier = createClassifier(model, { runtime });
      const x = randomTensor([3, 2, 6, 6], "x");
      const session = await runtime.open(writeModel(op.graph));
      expect(relativeDifference(await classifier.classify(x), (await session.run({ x })).y as Tensor)).toBeLessThan(
        1e-6,
      );
      await classifier.close();
    },
  );

  it.each(Object.entries(inWholeNumbers))(
    "%s, is explained by a method that needs no gradient",
    async (_name, build) => {
      const op = new Builder();
      op.output(op.Softmax(build(op, op.input("x", "float32", ["N", 2, 6, 6])), { axis: 1 }), "y");
      const x = randomTensor([3, 2, 6, 6], "x");
      const found = await explained(op.graph, x, { method: "eigen-cam", include: ["activation"] });
      const { activation, evidence, maps } = found.explanation;
      expect([maps.dims, activation?.dims]).toEqual([
        [3, 2, 4, 4],
        [3, 4, 4, 4],
      ]);
      // The same method on the activations alone, as real numbers.
      const alone = new Builder();
      const features = alone.named("features", alone.input("a", "float32", ["N", 4, 4, 4]));
      alone.output(alone.Flatten(alone.GlobalAveragePool(features)), "y");
      const expected = await explained(alone.graph, activation as Tensor, { method: "eigen-cam", layer: "features" });
      expect(relativeDifference(evidence, expected.explanation.evidence)).toBeLessThan(1e-6);
      const compiled = await runtime.open(compileExplanation(found.model, { method: "eigen-cam", classes: 2 }));
      expect((await compiled.run({ x })).heatmap?.dims).toEqual([3, 2, 6, 6]);
    },
  );

  it("is explained at a float layer behind its last whole number", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 6, 6]);
    const [q, scale, zero] = op.node("DynamicQuantizeLinear", [x], {}, 3) as [Value, Value, Value];
    const conv = op.node("ConvInteger", [q, op.constant(whole([4, 2, 3, 3], "w")), zero])[0];
    const features = op.layer("features", "Relu", [op.Mul(op.Cast(conv, { to: 1 }), op.Mul(scale, op.scalar(0.01)))]);
    op.output(op.MatMul(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([4, 3], "v"))), "y");
    const { explainer, explanation } = await explained(op.graph, randomTensor([2, 2, 6, 6], "x"));
    expect(explainer.layer.name).toBe("features");
    expect(explanation.maps.dims).toEqual([2, 2, 4, 4]);
  });
});

it("scales per channel, 128 of them, are read as constants of any size", async () => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 6, 6]);
  const stem = op.Relu(op.Conv(x, op.constant(randomTensor([128, 2, 3, 3], "w"))));
  const features = op.layer("features", "Relu", [op.Conv(stem, op.constant(randomTensor([130, 128, 1, 1], "v")))]);
  op.output(
    op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([4, 130], "u")), { transB: 1 }),
    "y",
  );
  const feeds = { x: randomTensor([2, 2, 6, 6], "x") };
  const bytes = writeModel(await quantized(op.graph, feeds));
  const { explanation } = await explained(bytes, feeds.x);
  const original = await explained(op.graph, feeds.x);
  expect(likeness(explanation.evidence, original.explanation.evidence)).toBeGreaterThan(0.99);
});
