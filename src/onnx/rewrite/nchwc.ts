/** @file Operators on blocks of channels, which onnxruntime puts into files that it optimises for one processor, as plain ones. */

import { type Attributes, Builder } from "../builder.js";
import { dimsOf, emptyGraph, type Graph, type GraphNode, int, ints, type Value } from "../graph.js";
import { float32, floats, int64, type Tensor } from "../tensor.js";
import { fusedConv } from "./contrib.js";
import { type WriteOut, type WriteOuts, writeOut } from "./write-out.js";

const domain = "com.microsoft.nchwc";

/** Channels in a block: of processors with vectors of 256 bits, and with longer ones. */
export type BlockSize = 8 | 16;

/** Whether a graph has operators on blocks of channels. */
export function hasNchwc({ nodes }: Graph): boolean {
  return nodes.some((node) => node.domain === domain);
}

/**
 * Writes them out on [N, C, H, W], with as many channels as the blocks hold: those that fill the last block up have weights
 * of zero, and are cut off where the file does it. Convolutions get their weights back in the order of ONNX.
 * @param graph with the types of all values
 */
export function expandNchwc(graph: Graph, block: BlockSize): Graph {
  const plain: WriteOut = (op, node) => [op.node(node.op, node.inputs, node.attributes)[0]];
  const table: Record<string, WriteOut> = {
    Conv: (op, node) => convolution(op, node, block),
    ReorderInput: (op, node) => blocked(op, node, block),
    ReorderOutput: unblocked,
    Upsample: upsampled,
    MaxPool: plain,
    AveragePool: plain,
    GlobalMaxPool: plain,
    GlobalAveragePool: plain,
  };
  const entries = Object.entries(table).map(([name, write]) => [`${domain}.${name}`, write] as const);
  return writeOut(graph, Object.fromEntries(entries) satisfies WriteOuts);
}

/** The block size that a file was written for, where its numbers of channels tell. */
export function blockSizeOf(graph: Graph): BlockSize | undefined {
  for (const node of graph.nodes.filter((each) => each.domain === domain)) {
    const [x = "", weights = ""] = node.inputs;
    const [outputs = 0, inputs = 0] = graph.initializers.get(weights)?.dims ?? [];
    if (node.op === "Conv" && outputs % 16 !== 0) return 8;
    // Fewer channels than a block stay as they are; more fill blocks.
    if (node.op === "Conv" && inputs > 8 && inputs % 8 !== 0) return 16;
    const channels = int(node, "channels", 0);
    if (node.op === "ReorderOutput" && toMultiple(channels, 8) !== toMultiple(channels, 16)) {
      const whole = dimsOf(graph, x)?.[1];
      if (typeof whole === "number") return whole % 16 === 0 ? 16 : 8;
    }
  }
  return undefined;
}

/** A graph whose result has as many channels as a block of this machine. */
export function blockProbe(): { readonly graph: Graph; readonly input: Tensor; readonly output: Value } {
  const op = new Builder(emptyGraph("block"));
  op.graph.opsets.set(domain, 1);
  const input = float32([1, 8, 1, 1], new Float32Array(8));
  op.append({
    name: "reorder",
    op: "ReorderInput",
    domain,
    inputs: [op.input("x", "float32", input.dims)],
    outputs: ["y"],
    attributes: {},
  });
  op.graph.outputs.push({ name: "y" });
  return { graph: op.graph, input, output: "y" };
}

function toMultiple(count: number, of: number): number {
  return Math.ceil(count / of) * of;
}

function convolution(op: Builder, node: GraphNode, block: BlockSize): ReturnType<WriteOut> {
  const [x = "", weights = "", ...others] = node.inputs;
  const blocks = op.graph.initializers.get(weights);
  if (blocks?.type !== "float32" || blocks.dims.length !== 4) return undefined;
  const plain = op.constant(plainWeights(blocks, int(node, "group", 1), block), "weights");
  return fusedConv(op, { ...node, inputs: [x, plain, ...others] });
}

/** Weights [O, I, h, w] of blocks: of outputs innermost, and of inputs around these where the convolution reads blocks. */
function plainWeights(blocks: Tensor, group: number, block: BlockSize): Tensor {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = blocks.dims;
  const single = group === 1 ? inputs < block : inputs === 1 && group === outputs;
  const inner = single ? 1 : block;
  const source = floats(blocks);
  const result = new Float32Array(source.length);
  let at = 0;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const tile = Math.floor(o / block) * (inputs / inner) + Math.floor(i / inner);
      for (let place = 0; place < height * width; place++) {
        const from = ((tile * height * width + place) * inner + (i % inner)) * block + (o % block);
        result[at++] = source[from] ?? 0;
      }
    }
  }
  return float32(blocks.dims, result);
}

/** Planes, first brought to [N, C, H, W] where channels are last, filled up to whole blocks. */
function blocked(op: Builder, node: GraphNode, block: BlockSize): ReturnType<WriteOut> {
  const [x = ""] = node.inputs;
  const last = int(node, "channels_last", 0) === 1;
  const channels = dimsOf(op.graph, x)?.[last ? 3 : 1];
  if (typeof channels !== "number") return undefined;
  const planes = last ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
  const missing = toMultiple(channels, block) - channels;
  return [missing > 0 ? op.Pad(planes, op.constant(int64([0, 0, 0, 0, 0, missing, 0, 0]), "pads")) : planes];
}

function unblocked(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const [x = ""] = node.inputs;
  const channels = int(node, "channels", 0);
  const all = dimsOf(op.graph, x)?.[1] === channels;
  const sizes = [0, channels, 1].map((size) => op.constant(int64([size]), "channels"));
  const [start, end, axis] = sizes;
  const planes = all ? x : op.Slice(x, start, end, axis);
  return [int(node, "channels_last", 0) === 1 ? op.Transpose(planes, { perm: [0, 2, 3, 1] }) : planes];
}

function upsampled(op: Builder, node: GraphNode): ReturnType<WriteOut> {
  const scales = ints(node, "scales") ?? [];
  const { scales: _, ...attributes } = node.attributes;
  const modes: Attributes = { ...attributes, nearest_mode: "floor" };
  return [op.Resize(node.inputs[0], undefined, op.constant(float32([scales.length], scales), "scales"), modes)];
}
