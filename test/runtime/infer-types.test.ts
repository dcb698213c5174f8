/** @file Shapes of inner values as the runtime infers them. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { typeOf, type Value } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, int64 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { runtime } from "../support/runtime.js";

async function shown(op: Builder): Promise<Record<Value, string>> {
  const { nodes, types } = await inferTypes(op.graph, runtime);
  return Object.fromEntries(
    nodes
      .flatMap(({ outputs }) => outputs)
      .map((name) => {
        const { type, dims } = types.get(name) ?? {};
        return [name, `${type} ${dims ? `[${dims.map((dim) => dim || "?")}]` : "of unknown rank"}`];
      }),
  );
}

describe("inferTypes", () => {
  it("knows all sizes of a network, with the batch by its name", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 28, 28]);
    const conv = op.Conv(x, op.constant(float32([4, 1, 5, 5], new Float32Array(100))), { strides: [2, 2] });
    const pooled = op.node("MaxPool", [op.Relu(conv)], { kernel_shape: [2, 2], strides: [2, 2] }, 2)[0];
    const flat = op.Flatten(pooled);
    op.output(op.Gemm(flat, op.constant(float32([144, 10], new Float32Array(1440)))), "y");
    expect(await shown(op)).toEqual({
      Conv: "float32 [N,4,12,12]",
      Relu: "float32 [N,4,12,12]",
      MaxPool: "float32 [N,4,6,6]",
      MaxPool_1: "int64 [N,4,6,6]",
      Flatten: "float32 [N,144]",
      Gemm: "float32 [N,10]",
      y: "float32 [N,10]",
    });
  });

  it("tells a scalar from a value of unknown rank", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3]);
    op.ReduceSum(x, { keepdims: 0 });
    op.Reshape(x, op.input("shape", "int64", ["rank"]));
    op.output(op.Exp("Reshape"));
    expect(await shown(op)).toEqual({
      ReduceSum: "float32 []",
      Reshape: "float32 of unknown rank",
      Exp: "float32 of unknown rank",
    });
  });

  it("leaves a size unknown that depends on the numbers in a run", async () => {
    const op = new Builder();
    op.output(op.NonZero(op.input("x", "float32", ["N", 3])));
    expect(await shown(op)).toEqual({ NonZero: "int64 [2,?]" });
  });

  it("replaces what a file said wrongly, and declares the outputs", async () => {
    const op = new Builder();
    const inner = op.Relu(op.input("x", "float32", [2, 3]));
    op.output(op.Transpose(inner), "y");
    op.graph.types.set(inner, { type: "float32", dims: ["batch", 3] });
    const graph = await inferTypes(readModel(writeModel(op.graph)), runtime);
    expect(typeOf(graph, inner)).toEqual({ type: "float32", dims: [2, 3] });
    expect(graph.outputs).toEqual([{ name: "y", type: "float32", dims: [3, 2] }]);
  });

  it("leaves the graph that it was given as it was", async () => {
    const op = new Builder();
    op.output(op.Unsqueeze(op.input("x", "float32", []), op.constant(int64([0]))), "y");
    await inferTypes(op.graph, runtime);
    expect([op.graph.types.size, op.graph.outputs, op.graph.nodes.length]).toEqual([0, [{ name: "y" }], 2]);
  });

  it("refuses a graph that the runtime refuses", async () => {
    const op = new Builder();
    op.node("Nonsense", [op.input("x", "float32", [1])]);
    await expect(inferTypes(op.graph, runtime)).rejects.toMatchObject({ code: "bad-graph" });
  });
});
