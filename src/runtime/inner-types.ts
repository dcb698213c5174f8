/** @file Types and shapes of the values inside of branches and bodies of loops. */

import {
  capturesOf,
  copyGraph,
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  int,
  ints,
  typeOf,
  type ValueInfo,
} from "../onnx/graph.js";
import { inferTypes, unlessRefused } from "./infer-types.js";
import type { Runtime } from "./session.js";

/**
 * A subgraph as a graph of its own, with the types of its values: what it takes from the graph around becomes inputs and
 * constants. Undefined where it takes something of unknown type, or the runtime refuses it.
 * @param outer the graph around, with the types of its values
 * @param node the node of the subgraph
 */
export async function inferInnerTypes(
  inner: Graph,
  outer: Graph,
  node: GraphNode,
  runtime: Runtime,
): Promise<Graph | undefined> {
  const alone = copyGraph(inner);
  alone.opsets = new Map(outer.opsets);
  alone.inputs = inputsOf(inner, outer, node);
  for (const name of new Set(capturesOf(inner))) {
    const tensor = outer.initializers.get(name);
    if (tensor) alone.initializers.set(name, tensor);
    else alone.inputs.push({ name, ...typeOf(outer, name) });
  }
  if (alone.inputs.some(({ type }) => type === undefined)) return undefined;
  return unlessRefused(() => inferTypes(alone, runtime));
}

/** The inputs of a body with their types. What a Loop hands on may change its sizes from step to step. */
function inputsOf(inner: Graph, outer: Graph, node: GraphNode): ValueInfo[] {
  const scanned = scannedAxes(node);
  const first = node.inputs.length - scanned.length;
  return inner.inputs.map((input, i) => {
    const given = typeOf(outer, node.inputs[i] ?? "");
    const type = input.type ?? given?.type;
    if (node.op !== "Scan") return { ...input, type: type ?? (i === 0 ? "int64" : i === 1 ? "bool" : undefined) };
    const axis = i < first ? undefined : scanned[i - first];
    const dims = axis === undefined ? given?.dims : given?.dims?.filter((_, k) => k !== axisOf(axis, given.dims));
    return { ...input, type, dims: dims ?? input.dims };
  });
}

/** The axes along which a Scan goes through its last inputs. */
function scannedAxes(node: GraphNode): number[] {
  if (node.op !== "Scan") return [];
  const axes = ints(node, "scan_input_axes");
  return Array.from({ length: int(node, "num_scan_inputs", 0) }, (_, i) => axes?.[i] ?? 0);
}

function axisOf(axis: number, dims: readonly Dim[] = []): number {
  return axis < 0 ? axis + dims.length : axis;
}

/** How many steps a Scan takes; undefined where that is known when it runs. */
export function scanSteps(graph: Graph, node: GraphNode): number | undefined {
  const axes = scannedAxes(node);
  const sizes = axes.map((axis, i) => {
    const dims = dimsOf(graph, node.inputs[node.inputs.length - axes.length + i] ?? "");
    return dims?.[axisOf(axis, dims)];
  });
  return sizes.find((size) => typeof size === "number");
}
