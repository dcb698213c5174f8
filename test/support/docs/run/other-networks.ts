/** @file Small networks with the outputs that pages tell of: a number, a map of anomalies, a vector. */

import { Builder } from "../../../../src/onnx/builder.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { writeModel } from "../../../../src/onnx/write.js";
import { randomTensor } from "../../models/random-tensor.js";

/** A network that sees three features of each place of a colour picture. */
function network(append: (op: Builder, features: string) => void): Uint8Array {
  const op = new Builder();
  const images = op.input("images", "float32", ["N", 3, 32, 32]);
  append(op, op.named("features", op.Relu(op.Conv(images, op.constant(randomTensor([3, 3, 1, 1], "features"))))));
  return writeModel(op.graph);
}

const mean = (op: Builder, features: string) => op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 });

/** Networks by the names that pages give them. */
export function otherNetworks(): ReadonlyMap<string, Uint8Array> {
  const age = network((op, features) => {
    const weights = op.constant(float32([3, 1], [40, -20, 10]));
    op.output(op.Gemm(mean(op, features), weights, op.constant(float32([1], [30]))), "age");
  });
  const patchcore = network((op, features) => {
    const map = op.Sigmoid(op.Conv(features, op.constant(float32([1, 3, 1, 1], [6, -3, 2]))));
    op.output(op.ReduceMax(map, op.ints([1, 2, 3]), { keepdims: 0 }), "pred_score");
    op.output(map, "anomaly_map");
  });
  const embedding = network((op, features) => void op.output(op.Identity(mean(op, features)), "image_embeds"));
  return new Map([
    ["age", age],
    ["patchcore", patchcore],
    ["dino", embedding],
    ["vision_model", embedding],
  ]);
}
