/** @file Recurrent layers whose batch comes first, as the same layers with the time first: onnxruntime has no others. */

import type { Builder } from "../builder.js";
import { type GraphNode, int, type Value } from "../graph.js";

const recurrent = new Set(["LSTM", "GRU", "RNN"]);
/** Inputs with a batch: X, and the initial states. */
const withBatch = [0, 5, 6];

/** Whether a recurrent layer has the layout [N, T, I]. */
export function isBatchFirst(node: GraphNode): boolean {
  return node.domain === "" && recurrent.has(node.op) && int(node, "layout", 0) === 1;
}

/** Appends the layer with the layout [T, N, I], and transposes before and behind it: X, Y [N, T, D, H], states [N, D, H]. */
export function appendTimeFirst(op: Builder, node: GraphNode): void {
  const swap = (value: Value) => op.Transpose(value, { perm: [1, 0, 2] });
  const inputs = node.inputs.map((value, i) => (value !== "" && withBatch.includes(i) ? swap(value) : value));
  const outputs = node.outputs.map((value) => (value === "" ? "" : op.fresh("time_first")));
  const attributes = Object.fromEntries(Object.entries(node.attributes).filter(([name]) => name !== "layout"));
  op.append({ ...node, inputs, outputs, attributes });
  node.outputs.forEach((value, i) => {
    if (value === "") return;
    const perm = { type: "ints", value: i === 0 ? [2, 0, 1, 3] : [1, 0, 2] } as const;
    const [name, inputs] = [op.fresh("Transpose"), [outputs[i] ?? ""]];
    op.append({ name, op: "Transpose", domain: "", inputs, outputs: [value], attributes: { perm } });
  });
}
