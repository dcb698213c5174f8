/** @file Works out what a graph asks for, before any of it is run. */

import type { Graph, GraphNode } from "../../onnx/graph.js";
import { type Divisions, guardDivisions, riskyDivisions } from "../../onnx/rewrite/guard-division.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import { checkSizes } from "./check-sizes.js";
import { makerQuestions } from "./made-sizes.js";
import { divisionQuestions, neverAnswered, unanswered } from "./questions.js";
import { type Scope, scopesOf } from "./scopes.js";
import { refuseOtherThanSquare } from "./square.js";
import { refuseVastWork } from "./work.js";

interface Context {
  /** How errors name the file. */
  readonly where: string;
  readonly runtime: Runtime;
}

/**
 * The graph with guarded divisions (`guardDivisions`), where it has any that may end the process.
 * @param graph with the types of its values
 * @throws FoveaError `bad-graph` for what would take memory or time without measure
 */
export async function boundGraph(graph: Graph, context: Context): Promise<Graph> {
  const { where, runtime } = context;
  const scopes = await scopesOf(graph, runtime, where);
  for (const scope of scopes) {
    checkSizes(scope.graph, where);
    refuseOtherThanSquare(scope.graph, where);
  }
  refuseVastWork(scopes, where);
  const unsafe = await unsafeDivisions(scopes, context);
  return unsafe.size === 0 ? graph : guarded(graph, unsafe, context);
}

/** Innermost scopes first: a node is not computed to answer a question about another as long as one about its inside is open. */
async function unsafeDivisions(scopes: readonly Scope[], { where, runtime }: Context): Promise<Divisions> {
  const unsafe = new Map<GraphNode, "int32" | "int64">();
  const holders = new Set<GraphNode>();
  for (const scope of scopes.toReversed()) {
    const divisions = riskyDivisions(scope.graph, scope.known);
    const questions = [
      ...makerQuestions(scope, where),
      ...divisionQuestions(divisions),
      ...scope.graph.nodes.filter((node) => holders.has(node)).map(neverAnswered),
    ];
    const open = await unanswered(scope.graph, questions, runtime);
    if (open.length > 0 && scope.holder) holders.add(scope.holder);
    const openNodes = new Set(open.map(({ node }) => node));
    for (const [node, type] of divisions) if (openNodes.has(node)) unsafe.set(node, type);
  }
  return unsafe;
}

async function guarded(graph: Graph, unsafe: Divisions, { where, runtime }: Context): Promise<Graph> {
  const result = await inferTypes(guardDivisions(graph, unsafe), runtime);
  // What depends on a division could not be asked before.
  for (const scope of await scopesOf(result, runtime, where)) {
    await unanswered(scope.graph, makerQuestions(scope, where), runtime);
  }
  return result;
}
