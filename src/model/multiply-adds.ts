/** @file How much a network computes for one image: its multiplications and additions. */

import { dimsOf, type Graph, type GraphNode, subgraphsOf, type Value } from "../onnx/graph.js";
import { sizeOf } from "../onnx/tensor.js";

/** Where the weights, or the second factor, stand among the inputs. */
const factors: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvTranspose: 1,
  ConvInteger: 1,
  QLinearConv: 3,
  Gemm: 1,
  MatMul: 1,
  MatMulInteger: 1,
  QLinearMatMul: 3,
};

/**
 * Multiplications, each with its addition, of all convolutions and products of matrices for one image; other operators take little
 * beside these.
 * @returns undefined where sizes are open, and for networks with loops, recurrent or fused operators
 */
export function multiplyAdds(graph: Graph): number | undefined {
  let total = 0;
  for (const node of graph.nodes) {
    const own = node.domain !== "" || isOpen(node) ? undefined : addsOf(graph, node);
    if (own === undefined) return undefined;
    total += own;
  }
  return total;
}

const recurrent = new Set(["LSTM", "GRU", "RNN", "Einsum"]);

function isOpen(node: GraphNode): boolean {
  return recurrent.has(node.op) || subgraphsOf(node).length > 0;
}

function addsOf(graph: Graph, node: GraphNode): number | undefined {
  const place = factors[node.op];
  if (place === undefined) return 0;
  const [made, read, factor] = [node.outputs[0], node.inputs[0], node.inputs[place]].map((value) =>
    sizesOf(graph, value ?? ""),
  );
  if (made === undefined || read === undefined || factor === undefined) return undefined;
  switch (node.op) {
    case "ConvTranspose":
      // Weights [in, out / groups, ...]: each value that is read is multiplied with its own.
      return sizeOf(read) * sizeOf(factor.slice(1));
    case "Gemm":
      return sizeOf(made) * (sizeOf(factor) / (made.at(-1) ?? 1));
    case "MatMul":
    case "MatMulInteger":
    case "QLinearMatMul":
      return sizeOf(made) * (read.at(-1) ?? 1);
    default:
      // Weights [out, in / groups, ...].
      return sizeOf(made) * sizeOf(factor.slice(1));
  }
}

/** The sizes of a value, for one image; undefined where others than the first are open. */
function sizesOf(graph: Graph, value: Value): readonly number[] | undefined {
  const sizes = (graph.initializers.get(value)?.dims ?? dimsOf(graph, value))?.map((dim, axis) =>
    typeof dim === "number" ? dim : axis === 0 ? 1 : Number.NaN,
  );
  return sizes?.some(Number.isNaN) ? undefined : sizes;
}
