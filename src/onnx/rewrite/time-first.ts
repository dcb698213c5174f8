/** @file Recurrent layers whose batch comes first, as the same layers with the time first: onnxruntime has no others. */

import type { Builder } from "../builder.js";
import { type GraphNode, int, type Value } from "../graph.js";

/** Inputs with a batch: X, and the initial states. */
const withBatch = [0, 5, 6];

/**
 * The layer with the layout [T, N, I], between transposes: X [N, T, I], Y [N, T, D, H], states [N, D, H]. Undefined where a
 * layer has that layout already.
 */
export function timeFirst(op: Builder, node: GraphNode): Value[] | undefined {
  if (int(node, "layout", 0) !== 1) return undefined;
  const swap = (value: Value) => op.Transpose(value, { perm: [1, 0, 2] });
  const inputs = node.inputs.map((value, i) => {
    if (value === "") return undefined;
    return withBatch.includes(i) ? swap(value) : value;
  });
  const outputs: Value[] = op.node(node.op, inputs, { ...node.attributes, layout: undefined }, node.outputs.length);
  return outputs.map((value, i) => (i === 0 ? op.Transpose(value, { perm: [2, 0, 1, 3] }) : swap(value)));
}
