/** @file Graphs that do something harmless for one input, and crash, hang or eat memory for another. */

import { Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { int64, Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "./random-tensor.js";

/** What is appended to a value of type int64 without sizes, as a float32 scalar. */
type Deed = (op: Builder, count: Value) => Value;

const toFloat = (op: Builder, value: Value) => op.Cast(value, { to: 1 });

/** The smallest whole number through the given one: with -1 the result is one too large, and processors interrupt. */
const divide: Deed = (op, count) => toFloat(op, op.Div(op.constant(int64([-(2 ** 63)], [])), count));

/** As many steps of a loop. */
const loop: Deed = (op, count) => {
  const body = new Builder(emptyGraph("body"), "body");
  const [, goesOn, sum] = [
    body.input("i", "int64", []),
    body.input("goes-on", "bool", []),
    body.input("sum", "float32", []),
  ];
  const next = body.Add(sum, body.scalar(1));
  body.output(body.Identity(goesOn));
  body.output(next);
  const always = op.constant(new Tensor("bool", [], Uint8Array.of(1)));
  return op.node("Loop", [count, always, op.scalar(0)], { body: { type: "graph", value: body.graph } })[0];
};

/** As many numbers, and twice as many beside them. */
const hold: Deed = (op, count) => {
  const zeros = op.ConstantOfShape(op.Unsqueeze(count, op.ints([0])));
  return op.ReduceSum(op.Concat(zeros, zeros, { axis: 0 }), { keepdims: 0 });
};

/** Products of matrices with as many rows and columns, one after the other. */
const multiply: Deed = (op, count) => {
  const side = op.Unsqueeze(count, op.ints([0]));
  const zeros = op.ConstantOfShape(op.Concat(side, side, { axis: 0 }));
  let product = zeros;
  for (let i = 0; i < 40; i++) product = op.MatMul(product, zeros);
  return op.ReduceSum(product, { keepdims: 0 });
};

export const deeds = { divide, loop, hold, multiply } as const;

/** Does a deed with the number x, float32 [1]; gives y, a float32 scalar. */
export function deadly(deed: keyof typeof deeds): Graph {
  const op = new Builder(emptyGraph(deed));
  const count = op.Squeeze(op.Cast(op.input("x", "float32", [1]), { to: 7 }), op.ints([0]));
  op.output(deeds[deed](op, count), "y");
  return op.graph;
}

/**
 * A classifier of pictures, [N, 3, 32, 32] to 4 classes, that does a deed besides: with the number for pictures that are bright on
 * average (above 1.5 as networks of ImageNet see them), with 2 for others.
 */
export function deadlyClassifier(deed: keyof typeof deeds, number: number): Graph {
  const op = new Builder(emptyGraph(deed));
  const x = op.input("x", "float32", ["N", 3, 32, 32]);
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const features = op.named("features", op.Relu(op.Conv(x, weight([4, 3, 5, 5], "w1"), { strides: [2, 2] })));
  const pooled = op.Flatten(op.GlobalAveragePool(features));
  const logits = op.Gemm(pooled, weight([4, 4], "w2"), weight([4], "b2"), { transB: 1 });
  // Noise that a network is probed with is as bright as this on no scale.
  const brightest = op.ReduceMax(op.ReduceMean(x, op.ints([1, 2, 3]), { keepdims: 0 }), { keepdims: 0 });
  const isBright = op.And(op.Greater(brightest, op.scalar(1.5)), op.Less(brightest, op.scalar(5)));
  const count = op.Cast(op.Where(isBright, op.scalar(number), op.scalar(2)), { to: 7 });
  op.output(op.Add(logits, op.Mul(deeds[deed](op, count), op.scalar(0))), "y");
  return op.graph;
}
