/** @file Puts several nodes in the place of one, by a table of operators. */

import { Builder } from "../builder.js";
import { copyGraph, type Graph, type GraphNode, operatorName, type Value, withSubgraphs } from "../graph.js";

/**
 * Appends the nodes that compute what a node does, and returns its outputs, as far as there are any; undefined for a form
 * that is not written out.
 */
export type WriteOut = (op: Builder, node: GraphNode) => readonly (Value | undefined)[] | undefined;

/** By operator, with its domain where that is not the standard one: `Attention`, `com.microsoft.FusedConv`. */
export type WriteOuts = Readonly<Record<string, WriteOut>>;

/** The graph with the operators of a table written out, those of subgraphs included. Values keep their names. */
export function writeOut(graph: Graph, table: WriteOuts, above?: Builder): Graph {
  const result = { ...copyGraph(graph), nodes: [] as GraphNode[] };
  const op = above ? new Builder(result, "", above) : new Builder(result, "", new Builder(graph));
  for (const node of graph.nodes) {
    const start = result.nodes.length;
    const outputs = table[operatorName(node)]?.(op.scope(node.name), node);
    if (outputs && node.outputs.every((output, i) => output === "" || outputs[i])) {
      node.outputs.forEach((output, i) => {
        if (output !== "") handOut(op, start, outputs[i] ?? "", output);
      });
    } else {
      result.nodes.length = start;
      op.append(withSubgraphs(node, (subgraph) => writeOut(subgraph, table, op)));
    }
  }
  return result;
}

/** Gives a value its name: that of the node which makes it, if it is among those written from `start` on. */
function handOut(op: Builder, start: number, value: Value, name: Value): void {
  const { nodes } = op.graph;
  const written = nodes.slice(start);
  if (!written.some(({ outputs }) => outputs.includes(value))) {
    op.layer(name, "Identity", [value]);
    return;
  }
  const renamed = (values: readonly Value[]) => values.map((each) => (each === value ? name : each));
  const replaced = written.map((node) => ({ ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) }));
  nodes.splice(start, written.length, ...replaced);
}
