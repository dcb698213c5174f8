/** @file Operators that onnxruntime writes when it optimises a file, written out in standard ones. */

import type { Attributes, Builder } from "../builder.js";
import { float as floatAttribute } from "../builder.js";
import {
  dimsOf,
  float,
  type Graph,
  type GraphNode,
  int,
  ints,
  operatorName,
  string,
  subgraphsOf,
  type Value,
} from "../graph.js";
import { int64 } from "../tensor.js";
import { attention } from "./expand.js";
import { type WriteOut, type WriteOuts, writeOut } from "./write-out.js";

/** As onnxruntime's documentation of its own operators defines them (docs/ContribOperators.md, version 1.30). */
const contrib: WriteOuts = {
  "com.microsoft.FusedConv": fusedConv,
  "com.microsoft.FusedGemm": fusedGemm,
  "com.microsoft.FusedMatMul": fusedMatMul,
  "com.microsoft.TransposeMatMul": fusedMatMul,
  "com.microsoft.Gelu": (op, { inputs: [x = ""] }) => [gelu(op, x)],
  "com.microsoft.BiasGelu": (op, { inputs: [x, bias] }) => [gelu(op, op.Add(x, bias))],
  "com.microsoft.FastGelu": (op, { inputs: [x = "", bias = ""] }) => [fastGelu(op, plus(op, x, bias))],
  "com.microsoft.QuickGelu": quickGelu,
  "com.microsoft.SkipLayerNormalization": skipLayerNormalization,
  "com.microsoft.SkipSimplifiedLayerNormalization": skipSimplifiedLayerNormalization,
  SimplifiedLayerNormalization: (op, node) => {
    const { inputs } = node;
    return [overRootMeanSquare(op, inputs, int(node, "axis", -1), float(node, "epsilon", 1e-5))];
  },
  "com.microsoft.Attention": projectedAttention,
  "com.microsoft.MultiHeadAttention": multiHeadAttention,
};

/** Whether a graph has operators that `expandContrib` may write out. */
export function hasContrib(graph: Graph): boolean {
  return graph.nodes.some((node) => operatorName(node) in contrib || subgraphsOf(node).some(hasContrib));
}

/**
 * Writes out the operators that onnxruntime puts in the place of several standard ones.
 * @param graph with the types of all values: a FusedMatMul is written by the rank of what it multiplies
 */
export function expandContrib(graph: Graph): Graph {
  return writeOut(graph, contrib);
}

function plus(op: Builder, x: Value, addend: Value): Value {
  return addend === "" ? x : op.Add(x, addend);
}

function without(node: GraphNode, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)));
}

/** An activation by name, with parameters by theirs; undefined for one that is not known. */
function activation(
  op: Builder,
  x: Value,
  name: string,
  parameters: Readonly<Record<string, number | undefined>>,
): Value | undefined {
  const names = activations[name];
  if (names === undefined) return undefined;
  if (name === "") return x;
  if (name === "Clip") return op.Clip(x, ...["min", "max"].map((end) => op.scalar(parameters[end] ?? Number.NaN)));
  const given = names.flatMap((key) => {
    const value = parameters[key];
    return value === undefined ? [] : [[key, floatAttribute(value)] as const];
  });
  return op.node(name, [x], Object.fromEntries(given))[0];
}

/** The parameters of each activation, in the order in which FusedConv lists them. */
const activations: Readonly<Record<string, readonly string[]>> = {
  "": [],
  Clip: ["min", "max"],
  Elu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  HardSwish: [],
  LeakyRelu: ["alpha"],
  Relu: [],
  Selu: ["alpha", "gamma"],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  ThresholdedRelu: ["alpha"],
};

/** activation(conv(X, W, B) + Z) */
export function fusedConv(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x, weights, bias, addend = ""] = node.inputs;
  const name = string(node, "activation", "");
  const values = ints(node, "activation_params") ?? [];
  const parameters = Object.fromEntries((activations[name] ?? []).map((key, i) => [key, values[i]]));
  const convolved = op.Conv(x, weights, bias, without(node, "activation", "activation_params"));
  return [activation(op, plus(op, convolved, addend), name, parameters)];
}

/** activation(gemm(A, B, C)) */
function fusedGemm(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const parts = ["alpha", "beta", "gamma"];
  const parameters = parts.map((part) => {
    const key = `activation_${part}`;
    return [part, node.attributes[key] ? float(node, key, 0) : undefined];
  });
  const attributes = without(node, "activation", ...parts.map((part) => `activation_${part}`));
  const product = op.node("Gemm", node.inputs, attributes)[0];
  return [activation(op, product, string(node, "activation", ""), Object.fromEntries(parameters))];
}

/** alpha · A · B, with either transposed at its last two axes, or its first axis moved behind the batch's. */
function fusedMatMul(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const sides = (["A", "B"] as const).map((side, i) => {
    const value = node.inputs[i] ?? "";
    const [last, batch] = [int(node, `trans${side}`, 0) === 1, int(node, `transBatch${side}`, 0) === 1];
    const rank = dimsOf(op.graph, value)?.length;
    if (!(last || batch)) return value;
    return rank === undefined ? undefined : transposed(op, value, rank, last, batch);
  });
  if (sides.includes(undefined)) return undefined;
  const alpha = float(node, "alpha", 1);
  const product = op.MatMul(...sides);
  return [alpha === 1 ? product : op.Mul(product, op.scalar(alpha))];
}

function transposed(op: Builder, value: Value, rank: number, last: boolean, batch: boolean): Value {
  if (rank < 2) return value;
  const axes = Array.from({ length: rank }, (_, i) => i);
  // [M, batch ..., K] or, transposed, [K, batch ..., M].
  const moved = batch ? [...axes.slice(1, -1), 0, rank - 1] : axes;
  const perm = last ? [...moved.slice(0, -2), ...moved.slice(-2).reverse()] : moved;
  return op.Transpose(value, { perm });
}

/** x · Φ(x) (Hendrycks and Gimpel 2016, equation 2). */
function gelu(op: Builder, x: Value): Value {
  const share = op.Add(op.Erf(op.Mul(x, op.scalar(Math.SQRT1_2))), op.scalar(1));
  return op.Mul(op.Mul(x, op.scalar(0.5)), share);
}

/** Its approximation by tanh. */
function fastGelu(op: Builder, x: Value): Value {
  const cube = op.Mul(op.Mul(op.Mul(x, x), x), op.scalar(0.044715));
  const inner = op.Mul(op.Add(x, cube), op.scalar(Math.sqrt(2 / Math.PI)));
  return op.Mul(op.Mul(x, op.scalar(0.5)), op.Add(op.Tanh(inner), op.scalar(1)));
}

/** x · σ(αx) */
function quickGelu(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x = ""] = node.inputs;
  const alpha = float(node, "alpha", 1.702);
  return [op.Mul(x, op.Sigmoid(alpha === 1 ? x : op.Mul(x, op.scalar(alpha))))];
}

/** The normalised sum of an input, a skip connection and a bias; the fourth output is that sum. */
function skipLayerNormalization(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x = "", skip = "", scale, shift, bias = ""] = node.inputs;
  const sum = plus(op, op.Add(x, skip), bias);
  const epsilon = floatAttribute(float(node, "epsilon", 1e-12));
  const [normalised] = op.node("LayerNormalization", [sum, scale, shift], { axis: -1, epsilon });
  return [normalised, undefined, undefined, sum];
}

function skipSimplifiedLayerNormalization(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x = "", skip = "", scale = "", bias = ""] = node.inputs;
  const sum = plus(op, op.Add(x, skip), bias);
  return [overRootMeanSquare(op, [sum, scale], -1, float(node, "epsilon", 1e-12)), undefined, undefined, sum];
}

/** RMSNorm (Zhang and Sennrich 2019, equation 4) over the axes from one on. */
function overRootMeanSquare(op: Builder, [x = "", scale]: readonly Value[], axis: number, epsilon: number): Value {
  const rank = dimsOf(op.graph, x)?.length;
  const from = axis < 0 ? axis : axis - (rank ?? axis + 1);
  const axes = op.ints(Array.from({ length: -from }, (_, i) => from + i));
  const meanSquare = op.ReduceMean(op.Mul(x, x), axes, { keepdims: 1 });
  return op.Mul(op.Div(x, op.Sqrt(op.Add(meanSquare, op.scalar(epsilon)))), scale);
}

/** Attention of an input projected to queries, keys and values by one matrix; without a mask of indices or past keys. */
function projectedAttention(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x, weights, bias = "", mask = "", past = "", addend = ""] = node.inputs;
  const sizes = ints(node, "qkv_hidden_sizes");
  if (mask !== "" || past !== "" || int(node, "do_rotary", 0) === 1) return undefined;
  const projected = plus(op, op.MatMul(x, weights), bias);
  const parts = sizes ? op.constant(int64(sizes), "sizes") : undefined;
  const split = op.node("Split", [projected, parts], { axis: -1, ...(parts ? {} : { num_outputs: 3 }) }, 3);
  return attended(op, node, split, addend);
}

/** Attention of queries, keys and values [N, positions, heads · size], with a bias for each; without padding or past keys. */
function multiHeadAttention(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [q = "", k = "", v = "", bias = "", padding = "", addend = "", ...past] = node.inputs;
  const flat = [q, k, v].every((value) => value !== "" && dimsOf(op.graph, value)?.length === 3);
  if (!flat || padding !== "" || past.some((value) => value !== "")) return undefined;
  if (bias === "") return attended(op, node, [q, k, v], addend);
  const sizes = [q, k, v].map((value) => dimsOf(op.graph, value)?.[2]);
  if (!sizes.every((size) => typeof size === "number")) return undefined;
  const biases = op.node("Split", [bias, op.constant(int64(sizes), "sizes")], { axis: 0 }, 3);
  const values = [q, k, v].map((value, i) => op.Add(value, biases[i]));
  return attended(op, node, values, addend);
}

function attended(op: Builder, node: GraphNode, inputs: readonly Value[], addend: Value): ReturnType<WriteOut> {
  const heads = { type: "int", value: int(node, "num_heads", 1) } as const;
  const causal = { type: "int", value: int(node, "unidirectional", 0) } as const;
  const scale = float(node, "scale", 0);
  const attributes = {
    q_num_heads: heads,
    kv_num_heads: heads,
    is_causal: causal,
    ...(scale === 0 ? {} : { scale: { type: "float", value: scale } as const }),
  };
  return [attention(op, { ...node, op: "Attention", domain: "", inputs: [...inputs, addend], attributes })];
}
