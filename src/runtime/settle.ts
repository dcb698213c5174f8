/** @file Control flow that is decided in advance: the runtime computes the deciding values, and plain nodes stay. */

import type { Graph, GraphNode, Value } from "../onnx/graph.js";
import { refuseVastGraphs } from "../onnx/read/limits.js";
import { takenBranch, unrollLoop, withBranch } from "../onnx/rewrite/control-flow.js";
import { numbers, type Tensor } from "../onnx/tensor.js";
import { inferTypes, settleSizes, unlessRefused } from "./infer-types.js";
import { knownValues } from "./known-values.js";
import type { Runtime } from "./session.js";

/** The largest number of repetitions of a Loop that are written out. */
const mostRepetitions = 64;
/** Ifs and Loops that are decided; those beyond stay. Each costs another inference of all types. */
const mostSettled = 200;

/** `settleTypedControlFlow` of a graph whose types are not known yet. */
export async function settleControlFlow(graph: Graph, runtime: Runtime): Promise<Graph> {
  return settleTypedControlFlow(await inferTypes(graph, runtime), runtime);
}

/**
 * The graph without the Ifs and Loops whose condition and number of repetitions follow from
 * constants and from sizes that are known: the taken branch, or the repetitions (64 at most), stand in their place. Those
 * that are decided by run-time inputs stay, and so do those in whose place the runtime would not open the graph.
 * @param graph with the types of its values (`inferTypes`)
 * @throws FoveaError `bad-graph` for a graph that grows beyond all networks
 */
export async function settleTypedControlFlow(graph: Graph, runtime: Runtime): Promise<Graph> {
  let typed = graph;
  for (let i = 0; i < mostSettled && hasControlFlow(typed); i++) {
    // Sizes that only the runtime computes may decide what declared ones leave open.
    const simpler = (await settleOne(typed, runtime)) ?? (await settleOne(await settleSizes(typed, runtime), runtime));
    if (simpler === undefined) break;
    refuseVastGraphs(simpler);
    const settled = await unlessRefused(() => inferTypes(simpler, runtime));
    if (settled === undefined) break;
    typed = settled;
  }
  return typed;
}

function hasControlFlow({ nodes }: Graph): boolean {
  return nodes.some(isControlFlow);
}

function isControlFlow({ op, domain }: GraphNode): boolean {
  return domain === "" && (op === "If" || op === "Loop");
}

/** The graph without the first If or Loop that is decided. */
async function settleOne(graph: Graph, runtime: Runtime): Promise<Graph | undefined> {
  const nodes = graph.nodes.filter(isControlFlow);
  const constants = await knownValues(
    graph,
    nodes.flatMap((node) => deciding(node)),
    runtime,
  );
  for (const node of nodes) {
    const values = deciding(node).map((name) => constants.get(name));
    if (values.includes(undefined)) continue;
    const [first] = values.map((value) => numbers(value as Tensor)[0] as number);
    const branch = node.op === "If" ? takenBranch(node, first !== 0) : undefined;
    const simpler = branch ? withBranch(graph, node, branch) : await repeated(graph, node, constants, runtime);
    if (simpler) return simpler;
  }
  return undefined;
}

/** The inputs that decide an If or Loop: its condition; the number of repetitions and the first condition. */
function deciding({ op, inputs }: GraphNode): Value[] {
  return (op === "If" ? inputs.slice(0, 1) : inputs.slice(0, 2)).filter((name) => name !== "");
}

/** The loop written out, if it is known when it ends. */
async function repeated(
  graph: Graph,
  node: GraphNode,
  known: ReadonlyMap<Value, Tensor>,
  runtime: Runtime,
): Promise<Graph | undefined> {
  if (node.op !== "Loop") return undefined;
  const [times, start] = node.inputs.slice(0, 2).map((name) => known.get(name));
  const limit = times === undefined ? Number.POSITIVE_INFINITY : (numbers(times)[0] as number);
  const starts = start === undefined || numbers(start)[0] !== 0;
  if (!starts || limit < 1 || (times !== undefined && limit > mostRepetitions)) return undefined;
  const tried = unrollLoop(graph, node, Math.min(limit, mostRepetitions));
  const goesOn = await knownValues(tried.graph, tried.conditions, runtime);
  const decisions = tried.conditions.map((name) => goesOn.get(name)).map((value) => value && numbers(value)[0] !== 0);
  const end = decisions.indexOf(false);
  if (decisions.slice(0, end < 0 ? undefined : end).includes(undefined)) return undefined;
  if (end < 0) return times === undefined ? undefined : tried.graph;
  return end + 1 === decisions.length ? tried.graph : unrollLoop(graph, node, end + 1).graph;
}
