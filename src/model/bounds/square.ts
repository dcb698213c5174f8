/** @file Operators whose kernels read beyond matrices that are not square: onnxruntime does not look at their sizes. */

import { FoveaError } from "../../foundation/error.js";
import { dimsOf, type Graph, operatorName } from "../../onnx/graph.js";

const squareOnly = new Set(["com.microsoft.Inverse"]);

/**
 * Refuses such an operator where its matrices are not known to be square.
 * @param graph with the types of its values
 * @throws FoveaError `bad-graph`
 */
export function refuseOtherThanSquare(graph: Graph, where: string): void {
  for (const node of graph.nodes) {
    if (!squareOnly.has(operatorName(node))) continue;
    const dims = dimsOf(graph, node.inputs[0] ?? "") ?? [];
    const [rows, columns] = dims.slice(-2);
    if (dims.length >= 2 && rows !== "" && rows === columns) continue;
    const got = `expected square matrices, got sizes [${dims.join(", ")}]`;
    throw new FoveaError("bad-graph", `${where}: node "${node.name}" (${operatorName(node)}): ${got}`);
  }
}
