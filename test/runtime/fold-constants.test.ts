/** @file What constants decide becomes a constant; what sizes or the image decide stays. */

import { expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { numbers } from "../../src/onnx/tensor.js";
import { foldConstants } from "../../src/runtime/fold-sizes.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { runtime } from "../support/runtime.js";

it("folds axes that a file computes from constants, and no size of the one image that it declares", async () => {
  const op = new Builder();
  const x = op.input("x", "float32", [1, 3, 4, 5]);
  op.layer("axes", "Reshape", [op.ints([-1, -2]), op.ints([-1])]);
  op.layer("mean", "ReduceMean", [x, "axes"], { keepdims: 1 });
  op.layer("batch", "Slice", [op.Shape(x), op.ints([0]), op.ints([1])]);
  op.layer("row", "Reshape", ["mean", op.Concat("batch", op.ints([-1]), { axis: 0 })]);
  op.output("row");
  const typed = await inferTypes(op.graph, runtime);
  const folded = await foldConstants(typed, runtime);
  const axes = folded.initializers.get("axes");
  expect(axes && numbers(axes)).toEqual([-1, -2]);
  expect(folded.nodes.map((node) => node.op)).toEqual(["ReduceMean", "Shape", "Slice", "Concat", "Reshape"]);
  expect(await foldConstants(folded, runtime)).toBe(folded);
});
