/** @file Multiplications of networks, beside what is published of networks of the same shape. */

import { expect, it } from "vitest";
import { shapes } from "../../bench/networks.js";
import { multiplyAdds } from "../../src/model/multiply-adds.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph } from "../../src/onnx/graph.js";
import { float32 } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";

it.runIf(everything)("multiplyAdds() counts those of MobileNetV2 as torchvision does", async () => {
  const { graph } = await openModel(shapes["mobilenet-v2"](), runtime);
  // `_ops` of torchvision 0.28's weights, in 10⁹.
  expect((multiplyAdds(graph) ?? 0) / 1e9).toBeCloseTo(0.301, 2);
});

it("multiplyAdds() is not known where sizes are open", () => {
  const op = new Builder(emptyGraph("open"));
  op.output(op.MatMul(op.input("x", "float32", ["N", "L", 4]), op.constant(float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]))));
  expect(multiplyAdds(op.graph)).toBeUndefined();
});
