/** @file Finds the values at which a graph is cut in two at a layer. */

import { type Graph, readsOf, runInputs, typeOf, type Value } from "../../onnx/graph.js";
import { descendants, prune } from "../../onnx/prune.js";
import { own } from "../run/tensors.js";

/**
 * Values that pass from before the layer to nodes after it: the layer itself, and skip connections around it. Nodes that
 * were appended stay behind the cut, also where they read nothing of the layer: only the network's own values have a type.
 */
export function findCut(graph: Graph, layer: Value, outputs: readonly Value[]): Value[] {
  const after = descendants(graph, [layer]);
  const perImage = descendants(
    graph,
    runInputs(graph)
      .filter(({ name }) => name !== own("class"))
      .map(({ name }) => name),
  );
  const cut = new Set<Value>([layer]);
  for (const node of prune(graph, outputs).nodes) {
    const appended = !graph.types.has(node.outputs[0] ?? "");
    if (!appended && !node.outputs.some((output) => after.has(output) && output !== layer)) continue;
    for (const input of readsOf(node)) {
      if (!after.has(input) && perImage.has(input) && typeOf(graph, input)) cut.add(input);
    }
  }
  return [...cut];
}
