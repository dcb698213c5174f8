/** @file Small networks with known answers. */

import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";

/**
 * The case that can be computed by hand: x = 0..15 as [1, 1, 4, 4]; two 3x3 convolutions of ones with biases -50 and -75;
 * ReLU; a linear layer whose rows are all (1, 1, 1, 1, 1, -1, -1, -1); ReLU.
 */
export function handNetwork(): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 4, 4]);
  const ones = op.constant(float32([2, 1, 3, 3], new Float32Array(18).fill(1)), "ones");
  const conv = op.named("conv", op.Conv(x, ones, op.constant(float32([2], [-50, -75]), "bias")));
  const relu = op.named("relu", op.Relu(conv));
  const rows = float32([4, 8], Array(4).fill([1, 1, 1, 1, 1, -1, -1, -1]).flat());
  op.output(op.Relu(op.Gemm(op.Flatten(relu), op.constant(rows, "rows"), { transB: 1 })), "y");
  return op.graph;
}

export interface ConvNetOptions {
  /** `average`: global average pool and one linear layer; `flatten`: flatten and one linear layer. Default average. */
  readonly head?: "average" | "flatten";
  /** Added to all logits. Default 0. */
  readonly shift?: number;
  /** What the file ends in. Default nothing. */
  readonly ending?: "Softmax" | "Sigmoid";
  /** A skip connection around the convolution `inner`. Default false. */
  readonly skip?: boolean;
}

/** Conv - ReLU (`features`, 3 channels on 6x6) - head to 4 classes, with seeded weights. */
export function convNet({ head = "average", shift = 0, ending, skip = false }: ConvNetOptions = {}): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 6, 6]);
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const stem = op.named("stem", op.Relu(op.Conv(x, weight([3, 2, 3, 3], "w1"), { pads: [1, 1, 1, 1] })));
  const inner = op.named("inner", op.Conv(stem, weight([3, 3, 3, 3], "w2"), { pads: [1, 1, 1, 1] }));
  const features = op.named("features", op.Relu(skip ? op.Add(inner, stem) : inner));
  const flat = op.Flatten(head === "average" ? op.GlobalAveragePool(features) : features);
  const inputs = head === "average" ? 3 : 108;
  const logits = op.Gemm(flat, weight([4, inputs], "w3"), weight([4], "b3"), { transB: 1 });
  const shifted = shift === 0 ? logits : op.Add(logits, op.scalar(shift));
  op.output(ending ? (op[ending](shifted) as string) : shifted, "y");
  return op.graph;
}

export const images = (count: number, seed = "images") => randomTensor([count, 2, 6, 6], seed);
