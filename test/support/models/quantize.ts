/** @file Quantises graphs as onnxruntime's static quantisation does (QDQ): weights per channel, activations per tensor. */

import { Builder } from "../../../src/onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { float32, floats, Tensor } from "../../../src/onnx/tensor.js";
import { type Feeds, run } from "./run.js";

export interface QuantizeOptions {
  /** Whether activations are quantised, too. Default true. */
  readonly activations?: boolean;
}

/**
 * Largest whole number of a weight, of 7 bits (`reduce_range`): with 8, processors without VNNI overflow the 16 bits in which they add two
 * products of a uint8 and an int8.
 */
const largestWeight = 63;

const layers = new Set(["Conv", "Gemm", "MatMul"]);

/**
 * The graph with int8 weights (symmetric, per output channel) and, between layers, uint8 activations whose ranges are those
 * of a run on `feeds`.
 */
export async function quantized(
  graph: Graph,
  feeds: Feeds,
  { activations = true }: QuantizeOptions = {},
): Promise<Graph> {
  const result = copyGraph(graph);
  result.nodes = [];
  const op = new Builder(result, "", new Builder(graph));
  const ranges = await rangesOf(graph, feeds);
  const stands = new Map<Value, Value>();
  const quantize = (value: Value) => {
    const [low, high] = ranges.get(value) as readonly [number, number];
    const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
    const scale = (to - from) / 255 || 1;
    const given = [
      op.scalar(scale),
      op.constant(new Tensor("uint8", [], Uint8Array.of(Math.round(-from / scale))), "zero"),
    ];
    const q = op.node("QuantizeLinear", [value, ...given])[0] as Value;
    stands.set(value, op.node("DequantizeLinear", [q, ...given])[0] as Value);
  };
  if (activations) for (const { name } of graph.inputs) quantize(name);
  for (const node of graph.nodes) {
    const weight = layers.has(node.op) ? graph.initializers.get(node.inputs[1] as Value) : undefined;
    const inputs = node.inputs.map((value, i) =>
      i === 1 && weight ? int8Weight(op, weight) : (stands.get(value) ?? value),
    );
    result.nodes.push({ ...node, inputs });
    const [output] = node.outputs as [Value];
    if (activations && ranges.has(output)) quantize(output);
  }
  const read = new Set(result.nodes.flatMap(({ inputs }) => inputs));
  for (const name of graph.initializers.keys()) if (!read.has(name)) result.initializers.delete(name);
  return result;
}

function int8Weight(op: Builder, weight: Tensor): Value {
  const [rows = 1] = weight.dims;
  const size = weight.size / rows;
  const scales = Float32Array.from({ length: rows }, (_, i) => {
    const row = floats(weight).subarray(i * size, (i + 1) * size);
    return Math.max(...row.map(Math.abs)) / largestWeight || 1;
  });
  const whole = Int8Array.from(floats(weight), (value, i) =>
    Math.round(value / (scales[Math.floor(i / size)] as number)),
  );
  const inputs = [
    op.constant(new Tensor("int8", weight.dims, whole), "weight_int8"),
    op.constant(float32([rows], scales), "weight_scale"),
    op.constant(new Tensor("int8", [rows], new Int8Array(rows)), "weight_zero"),
  ];
  return op.node("DequantizeLinear", inputs, { axis: 0 })[0] as Value;
}

/** Smallest and largest element of the inputs, and of every float value that another node reads. */
async function rangesOf(graph: Graph, feeds: Feeds): Promise<Map<Value, readonly [number, number]>> {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const inner = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => read.has(name));
  const outputs = [...new Set([...inner, ...graph.outputs.map(({ name }) => name)])];
  const all = { ...feeds, ...(await run({ ...graph, outputs: outputs.map((name) => ({ name })) }, feeds)) };
  return new Map(
    [...graph.inputs.map(({ name }) => name), ...inner].flatMap((name) => {
      const tensor = all[name] as Tensor;
      if (tensor.type !== "float32") return [];
      const values = floats(tensor);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return [[name, [low, high] as const] as const];
    }),
  );
}
