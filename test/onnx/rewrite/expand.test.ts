/** @file Operators that are written out compute what the runtime's own do, and are differentiated. */

import { describe, expect, it } from "vitest";
import { checkGradients } from "../../../src/autodiff/check-gradients.js";
import { type Attributes, Builder, float } from "../../../src/onnx/builder.js";
import { emptyGraph, type Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { floats, int64, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { run, runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

interface Form {
  readonly op: "Attention" | "RotaryEmbedding";
  readonly inputs: readonly (readonly number[] | Tensor | undefined)[];
  readonly attributes?: Attributes;
}

const heads = { q_num_heads: 2, kv_num_heads: 2 };
const mask = new Tensor(
  "bool",
  [3, 5],
  Uint8Array.from({ length: 15 }, (_, i) => (i % 4 === 1 ? 0 : 1)),
);
const bias = randomTensor([2, 1, 3, 5], "bias");
const cache = [randomTensor([7, 2], "cosines"), randomTensor([7, 2], "sines")];
const given = [randomTensor([2, 3, 2], "cosines"), randomTensor([2, 3, 2], "sines")];
const positions = int64([0, 2, 4, 6, 5, 1], [2, 3]);

const forms: Record<string, Form> = {
  "heads apart": {
    op: "Attention",
    inputs: [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 6],
    ],
  },
  "heads in one": {
    op: "Attention",
    inputs: [
      [2, 3, 8],
      [2, 5, 8],
      [2, 5, 12],
    ],
    attributes: heads,
  },
  "a given scale": {
    op: "Attention",
    inputs: [
      [2, 3, 8],
      [2, 5, 8],
      [2, 5, 8],
    ],
    attributes: { ...heads, scale: float(0.3) },
  },
  "a mask": { op: "Attention", inputs: [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 4], mask] },
  "a bias": { op: "Attention", inputs: [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 4], bias] },
  "a bias and a soft cap": {
    op: "Attention",
    inputs: [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 4], bias],
    attributes: { softcap: float(0.7) },
  },
  "a mask and a soft cap": {
    op: "Attention",
    inputs: [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 4], mask],
    attributes: { softcap: float(0.7) },
  },
  causal: {
    op: "Attention",
    inputs: [
      [2, 2, 5, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
    ],
    attributes: { is_causal: 1 },
  },
  "a soft cap": {
    op: "Attention",
    inputs: [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
    ],
    attributes: { softcap: float(0.7) },
  },
  "shared keys": {
    op: "Attention",
    inputs: [
      [2, 4, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
    ],
  },
  "shared keys in one": {
    op: "Attention",
    inputs: [
      [2, 3, 16],
      [2, 5, 8],
      [2, 5, 8],
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 2 },
  },
  "one key head": {
    op: "Attention",
    inputs: [
      [2, 3, 16],
      [2, 5, 4],
      [2, 5, 4],
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 1 },
  },
  rotary: { op: "RotaryEmbedding", inputs: [[2, 2, 3, 4], ...given] },
  "rotary with positions": { op: "RotaryEmbedding", inputs: [[2, 2, 3, 4], ...cache, positions] },
  "rotary, heads in one": {
    op: "RotaryEmbedding",
    inputs: [[2, 3, 8], ...cache, positions],
    attributes: { num_heads: 2 },
  },
  "rotary, interleaved": { op: "RotaryEmbedding", inputs: [[2, 2, 3, 4], ...given], attributes: { interleaved: 1 } },
  "rotary, in part": {
    op: "RotaryEmbedding",
    inputs: [[2, 2, 3, 6], ...given],
    attributes: { rotary_embedding_dim: 4, num_heads: 2 },
  },
  "rotary, in part, heads in one": {
    op: "RotaryEmbedding",
    inputs: [[2, 3, 12], ...cache, positions],
    attributes: { rotary_embedding_dim: 4, num_heads: 2 },
  },
};

describe.each([23, 24])("in opset %i", (opset) => {
  it.each(Object.entries(forms))("%s", async (_name, { op: operator, inputs, attributes = {} }) => {
    const op = new Builder(emptyGraph("new"));
    op.graph.opsets.set("", opset);
    const feeds: Record<Value, Tensor> = {};
    const values = inputs.map((input, i) => {
      if (input === undefined || input instanceof Tensor) return input && op.constant(input, `constant${i}`);
      feeds[`x${i}`] = randomTensor(input as readonly number[], `x${i}`);
      return op.input(`x${i}`, "float32", input as readonly number[]);
    });
    op.output(op.node(operator, values, attributes)[0] as Value, "y");
    const bytes = writeModel(op.graph);
    const graph = readModel(bytes);
    expect(graph.nodes.map((node) => node.op)).not.toContain(operator);
    const session = await runtime.open(bytes, { optimize: false, threads: 1 });
    const before = (await session.run(feeds)).y as Tensor;
    const after = (await runFresh(graph, feeds)).y as Tensor;
    expect(after.dims).toEqual(before.dims);
    const error = Math.max(...floats(after).map((value, i) => Math.abs(value - (floats(before)[i] as number))));
    expect(error).toBeLessThan(1e-5);
    const typed = await inferTypes(graph, runtime);
    expect(await checkGradients(typed, { of: "y", wrt: Object.keys(feeds), feeds, run })).toMatchObject({
      passed: true,
    });
  });
});

it("an Attention with a cache of past keys stays", () => {
  const op = new Builder();
  op.graph.opsets.set("", 23);
  const [q, past] = [op.input("q", "float32", [1, 2, 3, 4]), op.input("past", "float32", [1, 2, 2, 4])];
  op.output(op.node("Attention", [q, q, q, undefined, past, past], {}, 3)[0] as Value, "y");
  expect(readModel(writeModel(op.graph)).nodes.map((node) => node.op)).toContain("Attention");
});
