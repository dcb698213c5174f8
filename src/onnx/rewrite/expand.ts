/** @file Operators of newer opsets that the specification defines by others, written out, so that they need no rule. */

import type { Builder } from "../builder.js";
import { dimsOf, float, type Graph, type GraphNode, int, type Value } from "../graph.js";
import { dataTypes } from "../tensor.js";
import { timeFirst } from "./time-first.js";
import { type WriteOut, type WriteOuts, writeOut } from "./write-out.js";

const single =
  (write: (op: Builder, node: GraphNode) => Value | undefined): WriteOut =>
  (op, node) => {
    const value = write(op, node);
    return value === undefined ? undefined : [value];
  };

const functions: WriteOuts = {
  Attention: single(attention),
  GRU: timeFirst,
  LSTM: timeFirst,
  RNN: timeFirst,
  RotaryEmbedding: single(rotaryEmbedding),
};

/**
 * Writes out Attention (without a cache of past keys) and RotaryEmbedding, and brings recurrent layers to one layout, those of
 * subgraphs included.
 */
export function expandFunctions(graph: Graph): Graph {
  return writeOut(graph, functions);
}

/** Whether a value is [N, positions, heads · size]; only then the number of heads has to be given. */
function isFlat(graph: Graph, value: Value, heads: number): boolean {
  return heads > 0 && dimsOf(graph, value)?.length !== 4;
}

/** [N, positions, heads · size] as [N, heads, positions, size]. */
function split(op: Builder, value: Value, heads: number): Value {
  return op.Transpose(op.Reshape(value, op.ints([0, 0, heads, -1])), { perm: [0, 2, 1, 3] });
}

/** softmax(softcap(scale · Q · Kᵀ) + mask) · V, by head. */
export function attention(op: Builder, node: GraphNode): Value | undefined {
  const [q = "", k = "", v = "", mask = "", ...past] = node.inputs;
  if (past.some((value) => value !== "") || node.outputs.slice(1).some((value) => value !== "")) return undefined;
  const [heads, keyHeads] = [int(node, "q_num_heads", 0), int(node, "kv_num_heads", 0)];
  const flat = isFlat(op.graph, q, heads);
  const headsOf = (value: Value) => dimsOf(op.graph, value)?.[1];
  const [all, shared] = flat ? [heads, keyHeads] : [headsOf(q), headsOf(k)];
  const repeats = typeof all === "number" && typeof shared === "number" ? all / shared : 1;
  const queries = flat ? split(op, q, heads) : q;
  const [keyParts, valueParts] = flat ? [split(op, k, keyHeads), split(op, v, keyHeads)] : [k, v];
  const [keys, values] = [repeatHeads(op, keyParts, repeats), repeatHeads(op, valueParts, repeats)];
  const scale = node.attributes.scale
    ? op.scalar(float(node, "scale", 1))
    : op.Reciprocal(op.Sqrt(op.Cast(op.Shape(queries, { start: 3 }), { to: dataTypes.float32 })));
  const products = op.Mul(op.MatMul(queries, op.Transpose(keys, { perm: [0, 1, 3, 2] })), scale);
  const cap = float(node, "softcap", 0);
  const capped = cap > 0 ? op.Mul(op.Tanh(op.Div(products, op.scalar(cap))), op.scalar(cap)) : products;
  const causal = int(node, "is_causal", 0) === 1 ? op.Add(capped, maskOut(op, isBefore(op, products))) : capped;
  const masked = mask === "" ? causal : op.Add(causal, isBool(op.graph, mask) ? maskOut(op, mask) : mask);
  const mixed = op.MatMul(op.Softmax(masked, { axis: -1 }), values);
  return flat ? op.Reshape(op.Transpose(mixed, { perm: [0, 2, 1, 3] }), op.ints([0, 0, -1])) : mixed;
}

/** Several heads of queries share one of keys: each of these stands as often in a row. */
function repeatHeads(op: Builder, value: Value, times: number): Value {
  if (times === 1) return value;
  const each = op.Expand(op.Unsqueeze(value, op.ints([2])), op.ints([1, 1, times, 1, 1]));
  const sizes = op.Shape(value, { start: 2 });
  return op.Reshape(each, op.Concat(op.ints([0, -1]), sizes, { axis: 0 }));
}

function isBool(graph: Graph, value: Value): boolean {
  const type = graph.initializers.get(value)?.type ?? graph.types.get(value)?.type;
  return (type ?? graph.inputs.find(({ name }) => name === value)?.type) === "bool";
}

/** 0 where a condition holds, minus infinity elsewhere. */
function maskOut(op: Builder, condition: Value): Value {
  return op.Where(condition, op.scalar(0), op.scalar(Number.NEGATIVE_INFINITY));
}

/** [queries, keys]: whether a key stands no later than the query. */
function isBefore(op: Builder, products: Value): Value {
  const positions = (axis: number) => {
    const count = op.Squeeze(op.Shape(products, { start: axis, end: axis + 1 }), op.ints([0]));
    return op.Range(op.int(0), count, op.int(1));
  };
  return op.GreaterOrEqual(op.Unsqueeze(positions(2), op.ints([1])), positions(3));
}

/** Su et al. 2021, section 3.4: pairs of channels turned by the position's angle. */
function rotaryEmbedding(op: Builder, node: GraphNode): Value {
  const [x = "", cosines = "", sines = "", positions = ""] = node.inputs;
  const heads = int(node, "num_heads", 0);
  const flat = isFlat(op.graph, x, heads);
  const byHead = flat ? split(op, x, heads) : x;
  const size = int(node, "rotary_embedding_dim", 0);
  const part = (from: number, to: number, step = 1) =>
    op.Slice(byHead, op.ints([from]), op.ints([to]), op.ints([3]), op.ints([step]));
  const rotaryPart = size > 0 ? part(0, size) : byHead;
  const angle = (cache: Value) => op.Unsqueeze(positions === "" ? cache : op.Gather(cache, positions), op.ints([1]));
  const [cos, sin] = [angle(cosines), angle(sines)];
  const interleaved = int(node, "interleaved", 0) === 1;
  const every = (start: number) =>
    op.Slice(rotaryPart, op.ints([start]), op.ints([2 ** 31]), op.ints([3]), op.ints([2]));
  const [a, b] = interleaved ? [every(0), every(1)] : op.node("Split", [rotaryPart], { axis: 3, num_outputs: 2 }, 2);
  const pair = [op.Sub(op.Mul(cos, a), op.Mul(sin, b)), op.Add(op.Mul(sin, a), op.Mul(cos, b))];
  const rotated = interleaved
    ? op.Reshape(
        op.Concat(...pair.map((value) => op.Unsqueeze(value, op.ints([4]))), { axis: 4 }),
        op.ints([0, 0, 0, -1]),
      )
    : op.Concat(...pair, { axis: 3 });
  const whole = size > 0 ? op.Concat(rotated, part(size, 2 ** 31), { axis: 3 }) : rotated;
  return flat ? op.Reshape(op.Transpose(whole, { perm: [0, 2, 1, 3] }), op.ints([0, 0, -1])) : whole;
}
