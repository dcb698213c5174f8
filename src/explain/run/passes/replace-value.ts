/** @file Replaces a value of a network by one that is computed of it and of further inputs. */

import { present } from "../../../foundation/present.js";
import type { Layer } from "../../../model/layers/layer.js";
import { own } from "../../../model/run/tensors.js";
import { Builder } from "../../../onnx/builder.js";
import { type Graph, typeOf, type Value } from "../../../onnx/graph.js";

/**
 * Makes the value of a single image an input, `fovea/one`, and what `change` appends to it the value that the rest of the network
 * reads.
 * @param scope of the appended nodes' names
 */
export function replaceValue(
  graph: Graph,
  replaced: Layer,
  scope: string,
  change: (op: Builder, one: Value) => Value,
): void {
  const op = new Builder(graph, scope);
  const network = graph.nodes;
  const type = present(typeOf(graph, replaced.name), `type of ${replaced.name}`);
  const after = network.findIndex(({ outputs }) => outputs.includes(replaced.name)) + 1;
  graph.nodes = network.slice(0, after).map((node) => ({ ...node, outputs: node.outputs.map(nameBefore) }));
  graph.inputs = graph.inputs.filter(({ name }) => name !== replaced.name);
  graph.types.set(replaced.name, type);
  const one = op.input(own("one"), type.type, [1, ...replaced.dims.slice(1)]);
  op.named(replaced.name, change(op, one));
  graph.nodes.push(...network.slice(after));

  function nameBefore(name: Value): Value {
    return name === replaced.name ? op.fresh("before") : name;
  }
}
