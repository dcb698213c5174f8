/** @file Operators that onnxruntime writes when it optimises a file: written out, they compute what its own kernels do. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkGradients } from "../../../src/autodiff/check-gradients.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { type Attributes, Builder, float } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type GraphNode } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { expandContrib, hasContrib } from "../../../src/onnx/rewrite/contrib.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { readNpy } from "../../support/goldens/npy.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { run } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

interface Form {
  readonly op: string;
  readonly domain?: string;
  /** Sizes of the inputs; undefined for one that is left out. */
  readonly inputs: readonly (readonly number[] | undefined)[];
  readonly attributes?: Attributes;
  /** Outputs by position. Default the first. */
  readonly outputs?: readonly number[];
}

const convolved = [[2, 4, 6, 6], [6, 4, 3, 3], [6]];
const rows = [
  [3, 4],
  [4, 5],
];
const floatList = (...value: number[]) => ({ type: "floats", value }) as const;
const normal = [[2, 3, 8], [2, 3, 8], [8]];
const sequences = [
  [2, 3, 8],
  [2, 5, 8],
  [2, 5, 8],
];

const forms: Record<string, Form> = {
  "a convolution and Relu": {
    op: "FusedConv",
    inputs: convolved,
    attributes: { activation: "Relu", pads: [1, 1, 1, 1] },
  },
  "a convolution without bias": { op: "FusedConv", inputs: convolved.slice(0, 2), attributes: { activation: "Tanh" } },
  "a convolution, a sum and Relu": {
    op: "FusedConv",
    inputs: [...convolved, [2, 6, 3, 3]],
    attributes: { activation: "Relu", pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  "a convolution and a sum": { op: "FusedConv", inputs: [...convolved.slice(0, 2), undefined, [2, 6, 4, 4]] },
  "a convolution and LeakyRelu": {
    op: "FusedConv",
    inputs: convolved,
    attributes: { activation: "LeakyRelu", activation_params: floatList(0.2) },
  },
  "a convolution and Clip": {
    op: "FusedConv",
    inputs: convolved,
    attributes: { activation: "Clip", activation_params: floatList(0, 0.5) },
  },
  "a convolution and HardSigmoid": {
    op: "FusedConv",
    inputs: convolved,
    attributes: { activation: "HardSigmoid", activation_params: floatList(0.3, 0.4) },
  },
  "a convolution by groups and Sigmoid": {
    op: "FusedConv",
    inputs: [[2, 4, 6, 6], [4, 1, 3, 3], [4]],
    attributes: { activation: "Sigmoid", group: 4, auto_pad: "SAME_UPPER" },
  },
  "a product and LeakyRelu": {
    op: "FusedGemm",
    inputs: [...rows, [5]],
    attributes: { activation: "LeakyRelu", activation_alpha: float(0.3), alpha: float(0.5) },
  },
  "a product and Elu": {
    op: "FusedGemm",
    inputs: [[3, 4], [5, 4], [5]],
    attributes: { activation: "Elu", activation_alpha: float(0.7), transB: 1, beta: float(2) },
  },
  "a product and Tanh": { op: "FusedGemm", inputs: [...rows, [5]], attributes: { activation: "Tanh" } },
  "a scaled product": {
    op: "FusedMatMul",
    inputs: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    attributes: { alpha: float(0.25) },
  },
  "a product of the first, transposed": {
    op: "FusedMatMul",
    inputs: [
      [2, 4, 3],
      [2, 4, 5],
    ],
    attributes: { transA: 1, alpha: float(2) },
  },
  "a product of the second, transposed": {
    op: "FusedMatMul",
    inputs: [
      [2, 3, 4],
      [5, 4],
    ],
    attributes: { transB: 1 },
  },
  "a product of both, with the batch behind": {
    op: "FusedMatMul",
    inputs: [
      [4, 2, 6, 3],
      [5, 2, 6, 4],
    ],
    attributes: { transBatchA: 1, transBatchB: 1, transA: 1, transB: 1 },
  },
  "a product of the first, with the batch behind": {
    op: "FusedMatMul",
    inputs: [
      [3, 2, 6, 4],
      [2, 6, 4, 5],
    ],
    attributes: { transBatchA: 1 },
  },
  "an older product": {
    op: "TransposeMatMul",
    inputs: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    attributes: { transB: 1 },
  },
  Gelu: { op: "Gelu", inputs: [[2, 9]] },
  "Gelu of a sum": { op: "BiasGelu", inputs: [[2, 3, 9], [9]] },
  "Gelu by tanh": { op: "FastGelu", inputs: [[2, 9]] },
  "Gelu by tanh of a sum": { op: "FastGelu", inputs: [[2, 3, 9], [9]] },
  "Gelu by sigmoid": { op: "QuickGelu", inputs: [[2, 9]] },
  "the sigmoid of its own": { op: "QuickGelu", inputs: [[2, 9]], attributes: { alpha: float(1) } },
  "a normalised sum": { op: "SkipLayerNormalization", inputs: [...normal, [8]], attributes: { epsilon: float(1e-6) } },
  "a normalised sum with a bias, and the sum": {
    op: "SkipLayerNormalization",
    inputs: [...normal, [8], [8]],
    outputs: [0, 3],
  },
  "a normalised sum that is not shifted": { op: "SkipLayerNormalization", inputs: normal },
  "a normalised sum of one skip for all": { op: "SkipLayerNormalization", inputs: [[2, 3, 8], [1, 3, 8], [8], [8]] },
  "a sum over its root mean square": {
    op: "SkipSimplifiedLayerNormalization",
    inputs: normal,
    attributes: { epsilon: float(1e-5) },
    outputs: [0, 3],
  },
  "rows over their root mean square": {
    op: "SimplifiedLayerNormalization",
    domain: "",
    inputs: [[2, 3, 8], [8]],
    attributes: { axis: -1, epsilon: float(1e-3) },
  },
  "planes over their root mean square": {
    op: "SimplifiedLayerNormalization",
    domain: "",
    inputs: [
      [2, 3, 8],
      [3, 8],
    ],
    attributes: { axis: 1 },
  },
  "projected attention": { op: "Attention", inputs: [[2, 3, 8], [8, 24], [24]], attributes: { num_heads: 2 } },
  "projected attention of other sizes": {
    op: "Attention",
    inputs: [[2, 3, 8], [8, 20], [20]],
    attributes: { num_heads: 2, qkv_hidden_sizes: [8, 8, 4], scale: float(0.4) },
  },
  "projected attention of no later tokens, with a term": {
    op: "Attention",
    inputs: [[2, 3, 8], [8, 24], [24], undefined, undefined, [2, 2, 3, 3]],
    attributes: { num_heads: 2, unidirectional: 1 },
  },
  "attention of many heads": { op: "MultiHeadAttention", inputs: sequences, attributes: { num_heads: 2 } },
  "attention of many heads with biases, and a term": {
    op: "MultiHeadAttention",
    inputs: [...sequences, [24], undefined, [1, 2, 3, 5]],
    attributes: { num_heads: 2 },
  },
};

/** The operator alone, of one input and constants. */
async function graphOf({ op, domain = "com.microsoft", inputs, attributes = {}, outputs = [0] }: Form): Promise<Graph> {
  const graph = emptyGraph("test");
  graph.opsets.set("com.microsoft", 1);
  const builder = new Builder(graph);
  const [first, ...others] = inputs.map((dims, i) => dims && randomTensor(dims, `${op} ${i}`));
  const values = others.map((tensor) => tensor && builder.constant(tensor));
  const count = Math.max(...outputs) + 1;
  const made = builder.node(op, [builder.input("x", "float32", first?.dims), ...values], attributes, count);
  graph.nodes = graph.nodes.map(
    (node): GraphNode => ({ ...node, domain, outputs: made.map((name, i) => (outputs.includes(i) ? name : "")) }),
  );
  for (const i of outputs) builder.output(made[i] ?? "");
  return inferTypes(graph, runtime);
}

const farthest = (actual: ArrayLike<number>, expected: ArrayLike<number>) =>
  Math.max(...Array.from(expected, (value, i) => Math.abs(value - (actual[i] ?? Number.NaN))));

describe.each(Object.entries(forms))("%s", (_, form) => {
  it("is written out to the numbers of onnxruntime's own kernel, under the same names", async () => {
    const graph = await graphOf(form);
    const feeds = { x: randomTensor(form.inputs[0] ?? [], "x") };
    const written = expandContrib(graph);
    expect([hasContrib(graph), hasContrib(written)]).toEqual([true, false]);
    expect(written.nodes.every(({ domain }) => domain === "")).toBe(true);
    const [expected, actual] = [await run(graph, feeds), await run(written, feeds)];
    for (const [name, tensor] of Object.entries(expected)) {
      expect(actual[name]?.dims).toEqual(tensor.dims);
      expect(farthest(floats(actual[name] as Tensor), floats(tensor))).toBeLessThan(2e-6);
    }
  });

  it("is differentiated", async () => {
    const graph = await inferTypes(expandContrib(await graphOf(form)), runtime);
    const x = randomTensor(form.inputs[0] ?? [], "x");
    const of = graph.outputs[0]?.name ?? "";
    const { error } = await checkGradients(graph, {
      of,
      wrt: ["x"],
      feeds: { x },
      run,
      seed: 1,
      step: [1e-3, 1e-4, 1e-2],
    });
    expect(error).toBeLessThan(1e-2);
  });
});

it("leaves forms with masks and past keys as they are", async () => {
  const graph = await graphOf({
    op: "MultiHeadAttention",
    inputs: [[2, 3, 2, 3, 4]],
    attributes: { num_heads: 2 },
  });
  expect(expandContrib(graph).nodes.map(({ op }) => op)).toEqual(["MultiHeadAttention"]);
});

it("explains a file with FusedConv as PyTorch does the network that it was made from", async () => {
  const folder = new URL("../../fixtures/cases/optimised-by-onnxruntime/", import.meta.url);
  const golden = (name: string) => {
    const { dims, data } = readNpy(new URL(name, folder));
    return float32(dims, Float32Array.from(data));
  };
  const model = await openModel(readFileSync(new URL("model.onnx", folder)), runtime);
  const explainer = await createExplainer(model, { runtime });
  const { maps, layer } = await explainer.explain(golden("x.npy"), { classes: [1] });
  expect([layer.name, layer.op]).toEqual(["feat", "Relu"]);
  expect(farthest(floats(maps), floats(golden("gold.npy")))).toBeLessThan(1e-6);
  await explainer.close();
});

it("keeps what it reads", () => {
  const graph = emptyGraph("test");
  const op = new Builder(graph);
  op.output(op.Relu(op.input("x", "float32", [2])));
  expect(hasContrib(readModel(writeModel(graph)))).toBe(false);
});
