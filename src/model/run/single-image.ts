/** @file Sessions for single images: small results come back as one tensor, because each further output takes as long as many small nodes. */

import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type ValueInfo } from "../../onnx/graph.js";
import { floats, sizeOf, Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { worthRepackingForOne } from "./repack.js";
import { own, type Tensors, tensorNamed } from "./tensors.js";

/** Elements from which on a result is handed out by itself: to copy it takes longer than to hand it out. */
const largest = 4096;

const packed = own("packed");

/** A result that is packed, with its sizes for one image. */
interface Part {
  readonly name: string;
  readonly dims: readonly number[];
  readonly size: number;
}

/** Bytes of weights up to which a second session is cheap. */
const smallWeights = 2 ** 22;

/** Whether single images get a session of their own. */
export function isWorthOneApart(graph: Graph): boolean {
  const bytes = [...graph.initializers.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return bytes <= smallWeights || !worthRepackingForOne(graph);
}

/** Opens a session that is given one image at a time. */
export async function openForOne(
  runtime: Runtime,
  graph: Graph,
  { takesTurns }: { readonly takesTurns: boolean },
): Promise<Session> {
  const parts = graph.outputs.flatMap(smallPart);
  const isWorthIt = parts.length > 1;
  const options = { repack: worthRepackingForOne(graph), takesTurns };
  const session = await runtime.open(isWorthIt ? packOutputs(graph, parts) : graph, options);
  if (!isWorthIt) return session;
  return { ...session, run: async (feeds, into) => unpack(await session.run(feeds, into), parts) };
}

function smallPart({ name, type, dims }: ValueInfo): Part[] {
  if (type !== "float32" || dims === undefined) return [];
  const [first, ...others] = dims;
  const sizes = first === undefined ? [] : [typeof first === "string" ? 1 : first, ...others];
  if (!sizes.every((size) => typeof size === "number")) return [];
  const size = sizeOf(sizes);
  return size > largest ? [] : [{ name, dims: sizes, size }];
}

/** The graph with some of its outputs one behind the other in a single one. */
function packOutputs(graph: Graph, parts: readonly Part[]): Graph {
  const op = new Builder(copyGraph(graph), packed);
  const rows = parts.map(({ name, dims }) => (isRow(dims) ? name : op.Reshape(name, op.ints([1, -1]))));
  const names = new Set(parts.map(({ name }) => name));
  op.graph.outputs = op.graph.outputs.filter(({ name }) => !names.has(name));
  op.output(op.Concat(...rows, { axis: 1 }), packed);
  return op.graph;
}

function isRow(dims: readonly number[]): boolean {
  return dims.length === 2 && dims[0] === 1;
}

/** The parts share the memory of what they were packed into. */
function unpack(outputs: Tensors, parts: readonly Part[]): Record<string, Tensor> {
  const { [packed]: _, ...others } = outputs;
  const results: Record<string, Tensor> = others;
  const all = floats(tensorNamed(outputs, packed));
  let first = 0;
  for (const { name, dims, size } of parts) {
    results[name] = new Tensor("float32", dims, all.subarray(first, first + size));
    first += size;
  }
  if (first !== all.length) throw new Error(`internal: expected ${first} packed elements, got ${all.length}`);
  return results;
}
