/** @file The passes that work out what a graph asks for, before any of it is run. */

import type { Graph, GraphNode } from "../../onnx/graph.js";
import { type Divisions, guardDivisions, riskyDivisions } from "../../onnx/rewrite/guard-division.js";
import { inferTypes as withTypes } from "../../runtime/infer-types.js";
import { checkSizes } from "../bounds/check-sizes.js";
import { makerQuestions } from "../bounds/made-sizes.js";
import { divisionQuestions, neverAnswered, unanswered } from "../bounds/questions.js";
import { type Scope, scopesOf } from "../bounds/scopes.js";
import { refuseVastWork } from "../bounds/work.js";
import { definePass, type Given, type PassContext } from "./pass.js";

export const inferTypes = definePass({
  name: "infer-types",
  does: "Infers the types and sizes of all values; nothing is computed yet.",
  needs: ["graph"],
  gives: ["graph"],
  apply: async ({ graph }, { runtime }) => ({ graph: await withTypes(graph, runtime) }),
});

export const boundWork = definePass({
  name: "bound-work",
  does: "Refuses what would take memory and time without measure, in loops and branches too, and guards divisions of whole numbers that end the process.",
  needs: ["graph"],
  gives: ["graph"],
  async apply({ graph }, { where, runtime }) {
    const scopes = await scopesOf(graph, runtime, where);
    for (const scope of scopes) checkSizes(scope.graph, where);
    refuseVastWork(scopes, where);
    const unsafe = await unsafeDivisions(scopes, { where, runtime });
    return unsafe.size === 0 ? { graph } : guarded(graph, unsafe, { where, runtime });
  },
});

type Context = Pick<PassContext, "where" | "runtime">;

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

async function guarded(graph: Graph, unsafe: Divisions, { where, runtime }: Context): Promise<Given<"graph">> {
  const result = await withTypes(guardDivisions(graph, unsafe), runtime);
  // What depends on a division could not be asked before.
  for (const scope of await scopesOf(result, runtime, where)) {
    await unanswered(scope.graph, makerQuestions(scope, where), runtime);
  }
  return { graph: result };
}
