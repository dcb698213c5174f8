/** @file The method whose map follows what taking a place away costs. */

import { expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { faithfulMethod } from "../../../src/explain/faithful/faithful-method.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { floats } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { realDrops } from "../../support/models/real-drop.js";
import { runtime } from "../../support/runtime.js";

/** `features`, three channels on 6x6, and a head. */
function network(head: (op: Builder, x: Value) => Value): Graph {
  const op = new Builder();
  op.output(head(op, op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 6, 6])))), "y");
  return op.graph;
}

const weight = (op: Builder, ...dims: number[]) => op.constant(randomTensor(dims, `w${dims}`));
const linear = (op: Builder, x: Value, from: number) => op.Gemm(x, weight(op, 4, from), undefined, { transB: 1 });
const averaged = (op: Builder, x: Value) => op.Flatten(op.GlobalAveragePool(x));

const even: Record<string, (op: Builder, x: Value) => Value> = {
  "average - linear": (op, x) => linear(op, averaged(op, x), 3),
  "1x1 convolution - average - linear": (op, x) => linear(op, averaged(op, op.Conv(x, weight(op, 5, 3, 1, 1))), 5),
  "average - linear - sigmoid - linear": (op, x) => linear(op, op.Sigmoid(linear(op, averaged(op, x), 3)), 4),
};
const uneven: Record<string, (op: Builder, x: Value) => Value> = {
  "flatten - linear": (op, x) => linear(op, op.Flatten(x), 108),
  "flatten - linear - sigmoid - linear": (op, x) => linear(op, op.Sigmoid(linear(op, op.Flatten(x), 108)), 4),
  "1x1 convolution - ReLU - average - linear": (op, x) =>
    linear(op, averaged(op, op.Relu(op.Conv(x, weight(op, 5, 3, 1, 1)))), 5),
  "3x3 convolution - average - linear": (op, x) => linear(op, averaged(op, op.Conv(x, weight(op, 5, 3, 3, 3))), 5),
  "max pool - linear": (op, x) => linear(op, op.ReduceMax(x, op.ints([2, 3]), { keepdims: 0 }), 3),
};

const image = randomTensor([1, 3, 6, 6], "image");
const open = async (graph: Graph) => openModel(graph, runtime);
const evidence = async (graph: Graph, method: string) => {
  const explainer = await createExplainer(await open(graph), { runtime, layer: "features", method });
  const explanation = await explainer.explain(image, { classes: [1] });
  await explainer.close();
  return [...floats(explanation.evidence)];
};

it.each(Object.entries(even))("is Grad-CAM, which is HiResCAM there, for %s", async (_, head) => {
  expect(faithfulMethod(await open(network(head)), "features")).toBe("grad-cam");
  const [one, other] = [await evidence(network(head), "grad-cam"), await evidence(network(head), "hires-cam")];
  expect(one).toEqual(other.map((value) => expect.closeTo(value, 5)));
});

it.each(Object.entries(uneven))("is HiResCAM, which is not Grad-CAM there, for %s", async (_, head) => {
  expect(faithfulMethod(await open(network(head)), "features")).toBe("hires-cam");
  const [one, other] = [await evidence(network(head), "grad-cam"), await evidence(network(head), "hires-cam")];
  expect(one).not.toEqual(other.map((value) => expect.closeTo(value, 2)));
});

it.each(["average - linear", "flatten - linear"])(
  "gives what taking each place away costs, exactly, for %s",
  async (name) => {
    const graph = network((even[name] ?? uneven[name]) as (op: Builder, x: Value) => Value);
    const model = await open(graph);
    const explainer = await createExplainer(model, { runtime, layer: "features" });
    const drops = await realDrops(model, explainer.layer, runtime);
    const lost = await drops.of(image, 1);
    await drops.close();
    const method = faithfulMethod(model, explainer.layer);
    expect(await evidence(graph, method)).toEqual([...lost].map((value) => expect.closeTo(value, 5)));
  },
);
