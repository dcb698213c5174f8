/** @file Lists that are read as sizes: onnxruntime writes down as many axes as a list is long, before it looks at anything else. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, type GraphNode, producers, subgraphsOf, type Value } from "../graph.js";
import { numbers } from "../tensor.js";
import { mostAxes } from "./budget.js";

/** The input that is a list of sizes. */
const sizesAt: Readonly<Record<string, number>> = { ConstantOfShape: 0, Expand: 1, Reshape: 1 };

/** How long a list is at least, by the operator that makes it; of others nothing is known. */
const lengths: Readonly<Record<string, (node: GraphNode, list: Lists) => number>> = {
  Concat: ({ inputs }, { length }) => inputs.reduce((sum, input) => sum + length(input), 0),
  ConstantOfShape: ({ inputs: [shape = ""] }, { single }) => single(shape) ?? 0,
  Expand: ({ inputs: [x = "", shape = ""] }, { single, length }) => Math.max(length(x), single(shape) ?? 0),
  Gather: ({ inputs: [, indices = ""] }, { length }) => length(indices),
  Pad: ({ inputs: [x = "", pads = ""] }, { numbersOf, length }) =>
    (numbersOf(pads) ?? []).reduce((sum, each) => sum + each, length(x)),
  Range: ({ inputs: [start = "", end = "", step = ""] }, { single }) => {
    const [from = 0, to = 0, by = 1] = [single(start), single(end), single(step)];
    return Math.ceil((to - from) / by);
  },
  Reshape: ({ inputs: [, shape = ""] }, { single }) => single(shape) ?? 0,
  Tile: ({ inputs: [x = "", repeats = ""] }, { single, length }) => length(x) * (single(repeats) ?? 1),
};

/** As long as the longest of their inputs. */
const elementwise = new Set([
  ...[
    "Abs",
    "Add",
    "Cast",
    "Ceil",
    "Clip",
    "Div",
    "Floor",
    "Identity",
    "Max",
    "Min",
    "Mod",
    "Mul",
    "Neg",
    "Pow",
    "Round",
  ],
  ...["Sign", "Sqrt", "Sub", "Sum", "Where"],
]);

/** What is known of a value before anything runs. */
interface Lists {
  readonly length: (value: Value) => number;
  readonly numbersOf: (value: Value) => readonly number[] | undefined;
  /** The number of a list of one. */
  readonly single: (value: Value) => number | undefined;
}

/**
 * Refuses sizes of more axes than any tensor has, in subgraphs too.
 * @throws FoveaError `bad-graph`
 */
export function refuseVastRanks(graph: Graph, where: string, outer?: Lists): void {
  const lists = listsOf(graph, outer);
  for (const node of graph.nodes) {
    const place = node.domain === "" ? sizesAt[node.op] : undefined;
    const length = place === undefined ? 0 : lists.length(node.inputs[place] ?? "");
    if (length > mostAxes) {
      const got = `expected sizes of at most ${mostAxes} axes, got ${length}`;
      throw new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${got}`);
    }
    for (const inner of subgraphsOf(node)) refuseVastRanks(inner, where, lists);
  }
}

function listsOf(graph: Graph, outer: Lists | undefined): Lists {
  const nodeOf = producers(graph);
  const found = new Map<Value, number>();
  const numbersOf = (value: Value) => {
    const tensor = graph.initializers.get(value);
    if (tensor === undefined) return nodeOf.has(value) ? undefined : outer?.numbersOf(value);
    return tensor.size <= 2 * mostAxes ? numbers(tensor) : undefined;
  };
  const lists: Lists = {
    numbersOf,
    single: (value) => {
      const list = numbersOf(value);
      return list?.length === 1 ? list[0] : undefined;
    },
    // Each value has been seen before those that are made of it: nodes stand in their order.
    length: (value) =>
      found.get(value) ?? constantLength(graph, value) ?? (nodeOf.has(value) ? 0 : outer?.length(value)) ?? 0,
  };
  for (const node of graph.nodes) {
    const longest = () => Math.max(0, ...node.inputs.map(lists.length));
    const length = lengths[node.op]?.(node, lists) ?? (elementwise.has(node.op) ? longest() : 0);
    for (const output of node.outputs) found.set(output, length);
  }
  return lists;
}

/** Undefined for what is no constant; of other than lists nothing is said. */
function constantLength({ initializers }: Graph, value: Value): number | undefined {
  const tensor = initializers.get(value);
  return tensor && (tensor.dims.length === 1 ? (tensor.dims[0] ?? 0) : 0);
}
