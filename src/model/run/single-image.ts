/** @file Sessions for single images: small results come back as one tensor, because each further output takes as long as many small nodes. */

import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, runInputs, staticDims, type ValueInfo } from "../../onnx/graph.js";
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
  const parts = graph.outputs.flatMap((output) => smallPart(output, batchOf(graph)));
  const isWorthIt = parts.length > 1;
  const options = { repack: worthRepackingForOne(graph), takesTurns };
  const session = await runtime.open(isWorthIt ? packOutputs(graph, parts) : graph, options);
  if (!isWorthIt) return session;
  return { ...session, run: async (feeds, into) => unpack(await session.run(feeds, into), parts) };
}

/** The name of the number of images, which is one: the first size of all inputs alike. */
function batchOf(graph: Graph): string | undefined {
  const [first, ...others] = new Set(runInputs(graph).map(({ dims }) => dims?.[0]));
  return typeof first === "string" && first !== "" && others.length === 0 ? first : undefined;
}

/** An output as a part, where it is small; nothing otherwise. */
function smallPart({ name, type, dims }: ValueInfo, batch: string | undefined): Part[] {
  const sizes = staticDims(dims?.map((dim, i) => (i === 0 && dim === batch ? 1 : dim)));
  if (type !== "float32" || sizes === undefined || sizeOf(sizes) > largest) return [];
  return [{ name, dims: sizes, size: sizeOf(sizes) }];
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
