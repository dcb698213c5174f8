/** @file Sizes that files ask for and no image has, and matrices that a kernel reads beyond, are refused in a sentence. */

import { describe, expect, it } from "vitest";
import { refuseOtherThanSquare } from "../../src/model/bounds/square.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Dim } from "../../src/onnx/graph.js";
import { runtime } from "../support/runtime.js";

function classifier(dims: readonly Dim[]) {
  const op = new Builder();
  const x = op.input("x", "float32", dims);
  op.output(op.ReduceMean(x, op.ints([2, 3]), { keepdims: 0 }), "scores");
  return op.graph;
}

describe("an image input", () => {
  it.each<[readonly Dim[], string]>([
    [[0, 3, 8, 8], "of sizes [0, 3, 8, 8]: expected sizes of 1 or more, got 0"],
    [["N", 3, 0, 8], "of sizes [N, 3, 0, 8]: expected sizes of 1 or more, got 0"],
    [[5000, 3, 8, 8], "of sizes [5000, 3, 8, 8]: expected at most 4096 images at a time, got 5000"],
  ])("of sizes %j is refused", async (dims, sentence) => {
    await expect(openModel(classifier(dims), runtime, "m.onnx")).rejects.toThrow(`m.onnx: input "x" ${sentence}`);
  });
});

describe("an inverse", () => {
  const inverse = (dims: readonly Dim[]) => {
    const op = new Builder();
    const x = op.input("x", "float32", dims);
    op.graph.nodes.push({
      name: "i",
      op: "Inverse",
      domain: "com.microsoft",
      inputs: [x],
      outputs: ["y"],
      attributes: {},
    });
    return op.graph;
  };

  it.each<readonly Dim[][]>([[["N", 4]], [[4]], [["N", 2, "", ""]], [["N", 3, 4]]])("of %j is refused", (dims) => {
    expect(() => refuseOtherThanSquare(inverse(dims as Dim[]), "m.onnx")).toThrow(
      /^m.onnx: node "i" \(com.microsoft.Inverse\): expected square matrices, got sizes \[/,
    );
  });

  it("of square matrices is left alone", () => {
    expect(() => refuseOtherThanSquare(inverse(["N", 3, 3]), "m.onnx")).not.toThrow();
  });
});
