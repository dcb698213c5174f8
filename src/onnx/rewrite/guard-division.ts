/** @file Guards divisions of whole numbers: a processor ends the process that divides by 0, or the lowest number by -1. */

import type { Builder } from "../builder.js";
import { type Graph, type GraphNode, subgraphsOf, typeOf, type Value } from "../graph.js";
import type { KnownNumbers } from "../known-numbers.js";
import { dataTypes, emptyData, type NumericType, numbers, Tensor } from "../tensor.js";
import { writeOut } from "./write-out.js";

/** What the names of divisors that were replaced end in. */
const guard = "guarded_divisor";

/** Divisions of whole numbers by their types. */
export type Divisions = ReadonlyMap<GraphNode, NumericType>;

/**
 * The Div and Mod nodes of whole numbers, subgraphs aside, whose divisor may be 0 or -1 for all that is known of it.
 * @param graph with the types of its values
 */
export function riskyDivisions(graph: Graph, known: KnownNumbers): Divisions {
  const risky = new Map<GraphNode, NumericType>();
  for (const node of graph.nodes) {
    if (!isDivision(node)) continue;
    const [dividend = "", divisor = ""] = node.inputs;
    const type = (typeOf(graph, divisor) ?? typeOf(graph, dividend))?.type;
    if (type && type !== "string" && /^u?int/.test(type) && !isSafe(graph, divisor, known)) risky.set(node, type);
  }
  return risky;
}

/** Whether whole numbers can be divided by all elements. */
export function isSafeDivisor(divisor: Tensor): boolean {
  return numbers(divisor).every((value) => value !== 0 && value !== -1);
}

/** Whether a node may divide whole numbers. */
export function isDivision({ op, domain }: GraphNode): boolean {
  return domain === "" && (op === "Div" || op === "Mod");
}

function isSafe(graph: Graph, divisor: Value, known: KnownNumbers): boolean {
  const tensor = graph.initializers.get(divisor);
  if (tensor) return isSafeDivisor(tensor);
  const list = known.of(divisor);
  return list?.every((each) => each && each.least !== 0 && each.least !== -1) ?? false;
}

/** The graph in which these divisions take 1 for a divisor of 0, and -x for x / -1, which wraps around as sums do. */
export function guardDivisions(graph: Graph, divisions: Divisions): Graph {
  if (divisions.size === 0) return graph;
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

function guardedDivision(op: Builder, node: GraphNode, type: NumericType): Value {
  const [dividend = "", divisor = ""] = node.inputs;
  if (type === "uint32" || type === "uint64") {
    const safe = op.layer(op.fresh(guard), "Max", [divisor, scalar(op, type, 1)]);
    return divided(op, node, dividend, safe);
  }
  if (type === "int32" || type === "int64") return signed(op, node, dividend, divisor, type);
  const wide = (value: Value) => op.Cast(value, { to: dataTypes.int32 });
  return op.Cast(signed(op, node, wide(dividend), wide(divisor), "int32"), { to: dataTypes[type] });
}

function signed(op: Builder, node: GraphNode, dividend: Value, divisor: Value, type: "int32" | "int64"): Value {
  const negates = op.Equal(divisor, scalar(op, type, -1));
  const replaced = op.Or(negates, op.Equal(divisor, scalar(op, type, 0)));
  const safe = op.layer(op.fresh(guard), "Where", [replaced, scalar(op, type, 1), divisor]);
  const quotient = divided(op, node, dividend, safe);
  return node.op === "Mod" ? quotient : op.Where(negates, op.Sub(scalar(op, type, 0), dividend), quotient);
}

function divided(op: Builder, { op: operator, attributes }: GraphNode, dividend: Value, divisor: Value): Value {
  return op.node(operator, [dividend, divisor], attributes)[0];
}

/** A constant of its own: shared ones may lie in a graph beside this one. */
function scalar(op: Builder, type: NumericType, value: number): Value {
  const data = emptyData(type, 1);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value));
  else data.fill(value);
  return op.constant(new Tensor(type, [], data));
}
