/** @file How many multiplications operators take. */

import { type GraphNode, ints, type Value } from "../../onnx/graph.js";

/** What an element of a Fourier transform of any length costs. */
const fourier = 4096;

/** Sizes of values, of one image. */
export interface Sizes {
  readonly of: (value: Value | undefined) => readonly number[];
  readonly elements: (value: Value | undefined) => number;
}

/** What a node computes besides going once over its inputs and outputs. */
type Cost = (node: GraphNode, sizes: Sizes) => number;

const convolution =
  (weight: number): Cost =>
  ({ inputs, outputs }, { of, elements }) => {
    const [outputChannels = 1] = of(inputs[weight]);
    return (elements(outputs[0]) * elements(inputs[weight])) / Math.max(1, outputChannels);
  };

const products: Cost = ({ inputs, outputs }, { of, elements }) => elements(outputs[0]) * (of(inputs[0]).at(-1) ?? 1);

const recurrent: Cost = ({ inputs: [x, w, r] }, { of, elements }) => {
  const [steps = 1, batch = 1] = of(x);
  return steps * batch * (elements(w) + elements(r));
};

const pooling: Cost = (node, { elements }) => {
  const kernel = ints(node, "kernel_shape") ?? [];
  return elements(node.outputs[0]) * kernel.reduce((product, size) => product * size, 1);
};

const costs: Readonly<Record<string, Cost>> = {
  AveragePool: pooling,
  Conv: convolution(1),
  ConvInteger: convolution(1),
  ConvTranspose: ({ inputs }, { of, elements }) => {
    const [inputChannels = 1] = of(inputs[1]);
    return (elements(inputs[0]) * elements(inputs[1])) / Math.max(1, inputChannels);
  },
  DFT: ({ inputs, outputs }, { elements }) => fourier * Math.max(elements(inputs[0]), elements(outputs[0])),
  DeformConv: convolution(1),
  Einsum: einsum,
  GRU: recurrent,
  Gemm: (node, sizes) => sizes.elements(node.outputs[0]) * Math.max(1, ...sizes.of(node.inputs[0])),
  LSTM: recurrent,
  LpPool: pooling,
  MatMul: products,
  MatMulInteger: products,
  MaxPool: pooling,
  NonMaxSuppression: ({ inputs: [, scores] }, { of, elements }) => elements(scores) * (of(scores).at(-1) ?? 1),
  QLinearConv: convolution(3),
  QLinearMatMul: products,
  RNN: recurrent,
  STFT: ({ inputs, outputs }, { elements }) => fourier * Math.max(elements(inputs[0]), elements(outputs[0])),
};

/** All sizes that the letters of an equation stand for, multiplied. */
function einsum(node: GraphNode, { of }: Sizes): number {
  const equation = node.attributes.equation;
  const [left = ""] = equation?.type === "string" ? equation.value.replaceAll(" ", "").split("->") : [];
  const letters = new Map<string, number>();
  left.split(",").forEach((term, i) => {
    const sizes = of(node.inputs[i]);
    [...term.replace("...", "")].forEach((letter, axis) => {
      letters.set(letter, Math.max(letters.get(letter) ?? 1, sizes[axis] ?? 1));
    });
  });
  return [...letters.values()].reduce((product, size) => product * size, 1);
}

/** What a node computes besides going once over its inputs and outputs: 0 for operators that do no more. */
export function costOf(node: GraphNode, sizes: Sizes): number {
  return (node.domain === "" ? costs[node.op]?.(node, sizes) : undefined) ?? 0;
}
