/** @file Appends a part of a network once more, with another value at its beginning. */

import type { Builder } from "../../../onnx/builder.js";
import type { GraphNode, Value } from "../../../onnx/graph.js";
import { nodesBetween } from "../../run/gradients.js";

/**
 * Appends the nodes from one value to another again, with a third in the place of the first.
 * @returns the names of the new values by those of the old ones
 */
export function replay(op: Builder, from: Value, to: Value, instead: Value): ReadonlyMap<Value, Value> {
  const { graph } = op;
  const names = new Map<Value, Value>([[from, instead]]);
  for (const node of nodesBetween(graph, from, to)) {
    for (const output of node.outputs) if (output !== "") names.set(output, op.fresh(`${output}/again`));
    const renamed = (values: readonly Value[]) => values.map((value) => names.get(value) ?? value);
    const copy: GraphNode = {
      ...node,
      name: op.fresh(node.name),
      inputs: renamed(node.inputs),
      outputs: renamed(node.outputs),
    };
    op.append(copy);
    for (const output of node.outputs) {
      const type = graph.types.get(output);
      if (type) graph.types.set(names.get(output) ?? output, type);
    }
  }
  return names;
}
