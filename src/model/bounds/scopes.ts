/** @file A graph and the subgraphs in it whose cost cannot be told without the types of their values, with how often each is run. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, type GraphNode, runInputs, subgraphsOf, type Value } from "../../onnx/graph.js";
import { KnownNumbers } from "../../onnx/known-numbers.js";
import { descendants } from "../../onnx/prune.js";
import { mostInner } from "../../onnx/read/budget.js";
import { nodesIn } from "../../onnx/read/limits.js";
import { isDivision } from "../../onnx/rewrite/guard-division.js";
import { inferInnerTypes, scanSteps } from "../../runtime/inner-types.js";
import type { Runtime } from "../../runtime/session.js";
import { makesSizes } from "./makers.js";

/** A graph, or a subgraph as a graph of its own. */
export interface Scope {
  readonly graph: Graph;
  readonly known: KnownNumbers;
  /** How often it is run. */
  readonly times: number;
  /** The node that holds it; undefined for the graph itself. */
  readonly holder: GraphNode | undefined;
  /** The values that depend on the graph's inputs. */
  readonly dependent: ReadonlySet<Value>;
}

/** Nodes that a run may compute, each as often as loops repeat it. */
const mostNodeRuns = 2_000_000;

/**
 * The scopes of a graph, itself first.
 * @param graph with the types of its values
 * @throws FoveaError `bad-graph` for loops that repeat more nodes than any network has
 */
export async function scopesOf(graph: Graph, runtime: Runtime, where: string): Promise<Scope[]> {
  const top = scopeOf(graph, 1);
  const scopes = [top];
  // A list that grows while it is gone through: the scopes in a scope come behind it.
  for (const scope of scopes) {
    for (const node of scope.graph.nodes) {
      const steps = scope.times * stepsOf(node, scope);
      for (const inner of subgraphsOf(node)) {
        const runs = steps * nodesIn(inner);
        if (runs > mostNodeRuns) throw refusal(where, node, runs);
        if (!needsTypes(inner)) continue;
        if (scopes.length > mostInner) {
          const message = `${where}: expected at most ${mostInner} branches and bodies with loops or divisions, got more`;
          throw new FoveaError("bad-graph", message);
        }
        const typed = await inferInnerTypes(inner, scope.graph, node, runtime);
        if (typed) scopes.push({ ...scopeOf(typed, steps, scope.known), holder: node });
      }
    }
  }
  return scopes;
}

function scopeOf(graph: Graph, times: number, outer?: KnownNumbers): Scope {
  const inputs = runInputs(graph).map(({ name }) => name);
  return {
    graph,
    known: new KnownNumbers(graph, outer),
    times,
    holder: undefined,
    dependent: descendants(graph, inputs),
  };
}

/** How often a node runs its subgraphs; 1 where that is known when it runs. */
function stepsOf(node: GraphNode, { graph, known }: Scope): number {
  if (node.domain !== "") return 1;
  if (node.op === "Scan") return scanSteps(graph, node) ?? 1;
  const [count] = (node.op === "Loop" && known.of(node.inputs[0] ?? "")) || [];
  return Math.max(1, count?.least ?? 1);
}

function needsTypes({ nodes }: Graph): boolean {
  return nodes.some((node) => {
    const repeats = node.domain === "" && (node.op === "Scan" || node.op === "Loop");
    return repeats || makesSizes(node) || isDivision(node) || subgraphsOf(node).some(needsTypes);
  });
}

function refusal(where: string, node: GraphNode, runs: number): FoveaError {
  const expected = `expected loops that run at most ${mostNodeRuns} nodes`;
  return new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${expected}, got ${runs}`);
}
