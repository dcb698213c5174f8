/** @file How much a graph computes, roughly: enough to tell a network from a file that is made to compute for ever. */

import { FoveaError } from "../../foundation/error.js";
import { dimsOf, type Graph, type GraphNode, ints, type Value } from "../../onnx/graph.js";
import type { Scope } from "./scopes.js";

/** Multiplications for one image: several times those of the largest vision transformers. */
const mostForImage = 2 ** 44;
/** Elements that are made for one image, with those that they are made of: ten times those of a large detector or segmenter. */
const mostElementsForImage = 2 ** 35;
/** The same for what is computed of constants alone: tables of positions, masks. */
const mostForConstants = 2 ** 32;
/** And for each element of the weights, which are unpacked, turned and cast. */
const forEachWeight = 64;
/** What an element of a Fourier transform of any length costs. */
const fourier = 4096;

/** Sizes of values; unknown ones count as 1, and so does the number of images. */
interface Sizes {
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

/**
 * Refuses a graph that computes more for one image, or of constants alone, than any network does.
 * @throws FoveaError `bad-graph`
 */
export function refuseVastWork(scopes: readonly Scope[], where: string): void {
  const [top] = scopes;
  let weights = 0;
  for (const { size } of top?.graph.initializers.values() ?? []) weights += size;
  const forConstants = mostForConstants + forEachWeight * weights;
  const spent = { image: 0, elements: 0, constants: 0 };
  for (const { graph, times, dependent } of scopes) {
    const sizes = sizesIn(graph);
    for (const node of graph.nodes) {
      const elements = times * [...node.inputs, ...node.outputs].reduce((sum, value) => sum + sizes.elements(value), 0);
      const work = times * ((node.domain === "" ? costs[node.op]?.(node, sizes) : undefined) ?? 0);
      const isConstant = !node.outputs.some((output) => dependent.has(output));
      if (isConstant) spent.constants += elements + work;
      else {
        spent.elements += elements;
        spent.image += work;
      }
      if (spent.constants > forConstants) throw refusal(where, node, "operations on constants", forConstants);
      if (spent.elements > mostElementsForImage)
        throw refusal(where, node, "elements for an image", mostElementsForImage);
      if (spent.image > mostForImage) throw refusal(where, node, "multiplications for an image", mostForImage);
    }
  }
}

function sizesIn(graph: Graph): Sizes {
  const batch = graph.inputs[0]?.dims?.[0];
  const of = (value: Value | undefined) =>
    (value ? dimsOf(graph, value) : undefined)?.map((dim, axis) => {
      const isBatch = axis === 0 && typeof batch === "number" && batch > 1 && dim === batch;
      return typeof dim === "number" && !isBatch ? dim : 1;
    }) ?? [];
  return { of, elements: (value) => (value ? of(value).reduce((product, size) => product * size, 1) : 0) };
}

function refusal(where: string, node: GraphNode, what: string, most: number): FoveaError {
  const expected = `expected a network of at most ${most} ${what}, got more`;
  return new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${expected}`);
}
