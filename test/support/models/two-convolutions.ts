/** @file A small classifier of pictures with random weights, as a file. */

import { withModelCard } from "../../../src/model/card.js";
import { Builder } from "../../../src/onnx/builder.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "./random-tensor.js";

/** How the network wants its pictures: 16x16, from -0.5 to 0.5. */
const preprocessing = { width: 16, height: 16, channels: 3, scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] };

export interface TwoConvolutionsOptions {
  readonly classes: readonly string[];
  /** The name of the last weight, which tells its numbers as well. */
  readonly last: string;
  /** Whether the file tells its preprocessing. Default true. */
  readonly isDescribed?: boolean;
  /** Whether the file tells nothing at all: of the classes their number counts. Default false. */
  readonly isBare?: boolean;
}

/** Two convolutions, averaged, and a linear layer. */
export function twoConvolutions({
  classes,
  last,
  isDescribed = true,
  isBare = false,
}: TwoConvolutionsOptions): Uint8Array {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const weight = (dims: number[], name: string) => op.constant(randomTensor(dims, name), name);
  const conv = (value: string, dims: number[], name: string) =>
    op.named(name, op.Relu(op.Conv(value, weight(dims, `${name}.weight`), { strides: [2, 2] })));
  const features = conv(conv(x, [6, 3, 3, 3], "early"), [8, 6, 3, 3], "late");
  const pooled = op.Flatten(op.GlobalAveragePool(features));
  op.output(op.Softmax(op.Gemm(pooled, weight([classes.length, 8], last), { transB: 1 }), { axis: 1 }), "y");
  if (isBare) return writeModel(op.graph);
  return writeModel(withModelCard(op.graph, { ...(isDescribed ? { preprocessing } : {}), classes } as never));
}
