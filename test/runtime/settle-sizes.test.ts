/** @file Sizes that a graph computes at run time, inferred for two batches. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { dimsOf, type Graph } from "../../src/onnx/graph.js";
import { float32 } from "../../src/onnx/tensor.js";
import { inferTypes, settleSizes } from "../../src/runtime/infer-types.js";
import { runtime } from "../support/runtime.js";

/** Reshapes [batch, 4, 6] by sizes that it asks for, as TorchScript's exporter does. */
function reshaping(batch: string | number): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", [batch, 4, 6]);
  const size = (axis: number) => op.Gather(op.Shape(x), op.ints([axis]));
  op.layer("tokens", "Reshape", [x, op.Concat(size(0), op.Mul(size(1), size(2)), { axis: 0 })]);
  op.layer("windows", "Reshape", [x, op.Concat(op.Mul(size(0), op.ints([2])), op.ints([-1]), { axis: 0 })]);
  op.layer("flat", "Reshape", [x, op.Concat(op.Mul(size(0), size(0)), op.ints([-1]), { axis: 0 })]);
  op.output("tokens");
  return op.graph;
}

const settled = async (graph: Graph) => settleSizes(await inferTypes(graph, runtime), runtime);

describe("settleSizes", () => {
  it("tells constants, the batch and its multiples apart, and leaves the rest open", async () => {
    const graph = await settled(reshaping("N"));
    expect(dimsOf(graph, "tokens")).toEqual(["N", 24]);
    expect(dimsOf(graph, "windows")).toEqual(["2*N", 12]);
    expect(dimsOf(graph, "flat")).toEqual(["", ""]);
  });

  it("names a batch that has no name, and keeps the name that it has", async () => {
    const graph = await settled(reshaping(""));
    expect([graph.inputs[0]?.dims, dimsOf(graph, "tokens")]).toEqual([
      ["N", 4, 6],
      ["N", 24],
    ]);
    expect(dimsOf(await settled(reshaping("batch")), "windows")).toEqual(["2*batch", 12]);
  });

  it("fills in the sizes of a batch that is fixed", async () => {
    const graph = await settled(reshaping(2));
    expect(["tokens", "windows", "flat"].map((value) => dimsOf(graph, value))).toEqual([
      [2, 24],
      [4, 12],
      [4, 12],
    ]);
  });

  it("leaves a graph as it is which the runtime refuses for two images", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 4]);
    const five = op.MatMul(op.Transpose(x, { perm: [1, 0] }), op.constant(float32([5, 3], new Float32Array(15))));
    op.output(op.Reshape(five, op.Concat(op.Shape(x), op.ints([-1]), { axis: 0 })), "y");
    const typed = await inferTypes(op.graph, runtime);
    expect(await settleSizes(typed, runtime)).toBe(typed);
  });
});
