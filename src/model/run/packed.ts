/** @file Sessions whose small results come back as one tensor, because each further output takes as long as many small nodes. */

import { Builder } from "../../onnx/builder.js";
import {
  copyGraph,
  type Graph,
  type GraphNode,
  producers,
  runInputs,
  staticDims,
  type Value,
  type ValueInfo,
} from "../../onnx/graph.js";
import { floats, int64, sizeOf, Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session, SessionOptions } from "../../runtime/session.js";
import { own, type Tensors, tensorNamed } from "./tensors.js";

/** Elements of one image from which on a result is handed out by itself: to copy it takes longer than to hand it out. */
const largest = 4096;

const packed = own("packed");

/** A result that is packed, with its sizes behind the number of images. */
interface Part {
  readonly name: string;
  /** Whole numbers travel as floats, which tell classes apart up to 2^24 of them. */
  readonly type: "float32" | "int64";
  readonly sizes: readonly number[];
  readonly size: number;
}

/** How a session is opened, and whether it is only given single images. */
export interface PackedOptions extends Pick<SessionOptions, "repack" | "takesTurns"> {
  readonly forOne: boolean;
}

/** Opens a session of a graph, with its results as the graph gives them. */
export async function openPacked(
  runtime: Runtime,
  graph: Graph,
  { forOne, ...options }: PackedOptions,
): Promise<Session> {
  const batch = batchOf(graph);
  const parts = graph.outputs.flatMap((output) => smallPart(output, batch));
  if (parts.length < 2) return runtime.open(graph, options);
  const session = await runtime.open(packOutputs(graph, parts, forOne), options);
  return { ...session, run: async (feeds, into) => unpack(await session.run(feeds, into), parts) };
}

/** The name of the number of images: the first size of all inputs alike. */
function batchOf(graph: Graph): string | undefined {
  const [first, ...others] = new Set(runInputs(graph).map(({ dims }) => dims?.[0]));
  return typeof first === "string" && first !== "" && others.length === 0 ? first : undefined;
}

/** An output as a part, where it has a small row for each image; nothing otherwise. */
function smallPart({ name, type, dims = [] }: ValueInfo, batch: string | undefined): Part[] {
  const [first, ...rest] = dims;
  const sizes = staticDims(rest);
  if (batch === undefined || first !== batch || sizes === undefined || sizeOf(sizes) > largest) return [];
  if (type !== "float32" && name !== own("predicted")) return [];
  return [{ name, type: type === "float32" ? type : "int64", sizes, size: sizeOf(sizes) }];
}

/** The graph with some of its outputs one behind the other in a single one, [1, all]. */
function packOutputs(graph: Graph, parts: readonly Part[], forOne: boolean): Graph {
  const op = new Builder(copyGraph(graph), packed);
  const producerOf = producers(graph);
  const rows = parts.map(({ name, type, sizes }) => {
    const value = type === "float32" ? name : op.Cast(name, { to: 1 });
    const isRow = forOne && sizes.length === 1;
    return isRow ? value : op.Reshape(unshaped(value, producerOf), op.ints([1, -1]));
  });
  const names = new Set(parts.map(({ name }) => name));
  op.graph.outputs = op.graph.outputs.filter(({ name }) => !names.has(name));
  op.output(op.Concat(...rows, { axis: 1 }), packed);
  return op.graph;
}

/** What a value has its elements from, through nodes that only give them other sizes. */
function unshaped(value: Value, producerOf: ReadonlyMap<Value, GraphNode>): Value {
  const node = producerOf.get(value);
  const [from] = node?.inputs ?? [];
  return from && node && ["Identity", "Reshape"].includes(node.op) ? unshaped(from, producerOf) : value;
}

/** The parts share the memory of what they were packed into. */
function unpack(outputs: Tensors, parts: readonly Part[]): Record<string, Tensor> {
  const results: Record<string, Tensor> = {};
  for (const name in outputs) if (name !== packed) results[name] = tensorNamed(outputs, name);
  const all = floats(tensorNamed(outputs, packed));
  const count = all.length / parts.reduce((sum, { size }) => sum + size, 0);
  let first = 0;
  for (const { name, type, sizes, size } of parts) {
    const values = all.subarray(first, first + count * size);
    const dims = [count, ...sizes];
    results[name] = type === "float32" ? new Tensor(type, dims, values) : int64(values, dims);
    first += count * size;
  }
  return results;
}
