/** @file Guards divisions of whole numbers: a processor ends the process that divides the lowest of them by -1. */

import type { Builder } from "../builder.js";
import { type Graph, type GraphNode, subgraphsOf, typeOf, type Value } from "../graph.js";
import type { KnownList, KnownNumbers } from "../known-numbers.js";
import { numbers, Tensor } from "../tensor.js";
import { writeOut } from "./write-out.js";

/** What the names of divisors that were replaced end in. */
const guard = "guarded_divisor";

/** Types whose lowest number has no opposite; smaller ones are computed as int32. */
type Signed = "int32" | "int64";

/** Divisions of whole numbers with their types. */
export type Divisions = ReadonlyMap<GraphNode, Signed>;

/**
 * The Div and Mod nodes, subgraphs aside, that may divide the lowest whole number by -1 for all that is known of both.
 * @param graph with the types of its values
 */
export function riskyDivisions(graph: Graph, known: KnownNumbers): Divisions {
  const risky = new Map<GraphNode, Signed>();
  for (const node of graph.nodes) {
    if (!isDivision(node)) continue;
    const [dividend = "", divisor = ""] = node.inputs;
    const type = (typeOf(graph, divisor) ?? typeOf(graph, dividend))?.type;
    if (type !== "int32" && type !== "int64") continue;
    const tensor = graph.initializers.get(divisor);
    const isSafe = tensor ? isSafeDivisor(tensor) : isNever(known.of(divisor), -1);
    if (!isSafe && !isNever(known.of(dividend), lowest[type])) risky.set(node, type);
  }
  return risky;
}

const lowest = { int32: -(2 ** 31), int64: -(2 ** 63) } as const;

/** Whether all elements are known to be other than a negative number. */
function isNever(list: KnownList | undefined, value: number): boolean {
  return list?.every((each) => each && each.least !== value) ?? false;
}

/** Whether all whole numbers can be divided by these. */
export function isSafeDivisor(divisor: Tensor): boolean {
  return numbers(divisor).every((value) => value !== -1);
}

/** Whether a node may divide whole numbers. */
export function isDivision({ op, domain }: GraphNode): boolean {
  return domain === "" && (op === "Div" || op === "Mod");
}

/** The graph in which these divisions take -x for x / -1, which wraps around as sums do. */
export function guardDivisions(graph: Graph, divisions: Divisions): Graph {
  const guarded = (op: Builder, node: GraphNode) => {
    const type = divisions.get(node);
    return type && [guardedDivision(op, node, type)];
  };
  return writeOut(graph, { Div: guarded, Mod: guarded });
}

/** Whether a graph has divisions that were guarded. */
export function hasGuards(graph: Graph): boolean {
  return graph.nodes.some(
    ({ name, ...node }) => name.includes(guard) || subgraphsOf({ name, ...node }).some(hasGuards),
  );
}

function guardedDivision(op: Builder, node: GraphNode, type: Signed): Value {
  const [dividend = "", divisor = ""] = node.inputs;
  const negates = op.Equal(divisor, scalar(op, type, -1));
  const safe = op.layer(op.fresh(guard), "Where", [negates, scalar(op, type, 1), divisor]);
  const quotient = op.node(node.op, [dividend, safe], node.attributes)[0];
  return node.op === "Mod" ? quotient : op.Where(negates, op.Sub(scalar(op, type, 0), dividend), quotient);
}

/** A constant of its own: shared ones may lie in a graph beside this one. */
function scalar(op: Builder, type: Signed, value: number): Value {
  const data = type === "int64" ? BigInt64Array.of(BigInt(value)) : Int32Array.of(value);
  return op.constant(new Tensor(type, [], data));
}
