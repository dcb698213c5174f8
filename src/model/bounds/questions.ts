/** @file What has to be known of a node before anything that depends on it may be computed. */

import type { Graph, GraphNode, Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { type Divisions, isSafeDivisor } from "../../onnx/rewrite/guard-division.js";
import type { Tensor } from "../../onnx/tensor.js";
import { knownValues } from "../../runtime/known-values.js";
import type { Runtime } from "../../runtime/session.js";

export type Answers = ReadonlyMap<Value, Tensor>;

export interface Question {
  readonly node: GraphNode;
  /** The values that are asked for; `""` for inputs that are left out. */
  readonly asks: readonly Value[];
  /**
   * Whether the values are known, and the node may be computed.
   * @throws FoveaError `bad-graph` where it may never be
   */
  readonly accepts: (answers: Answers) => boolean;
}

/** Whether the lowest whole number may be divided by -1. */
export function divisionQuestions(divisions: Divisions): Question[] {
  return [...divisions.keys()].map((node) => {
    const [, divisor = ""] = node.inputs;
    const accepts = (answers: Answers) => {
      const tensor = answers.get(divisor);
      return tensor !== undefined && isSafeDivisor(tensor);
    };
    return { node, asks: [divisor], accepts };
  });
}

/** A question that keeps a node from being computed. */
export function neverAnswered(node: GraphNode): Question {
  return { node, asks: [], accepts: () => false };
}

/**
 * The questions that stay open, because the answers depend on what the graph is given, or are no good ones. The runtime computes
 * the answers that follow from constants and known sizes, one after the other where they depend on one another.
 * @param graph with the types of its values
 * @throws FoveaError `bad-graph` as the questions do
 */
export async function unanswered(graph: Graph, questions: readonly Question[], runtime: Runtime): Promise<Question[]> {
  let open = questions.filter(({ accepts }) => !accepts(new Map()));
  const asked = new Set<Question>();
  while (open.length > 0) {
    const blocked = descendants(
      graph,
      open.flatMap(({ node }) => node.outputs),
    );
    const free = open.filter((question) => !asked.has(question) && !question.asks.some((value) => blocked.has(value)));
    if (free.length === 0) break;
    for (const question of free) asked.add(question);
    const values = free.flatMap(({ asks }) => asks).filter((value) => value !== "");
    const answers = await knownValues(graph, values, runtime);
    const accepted = new Set(free.filter(({ accepts }) => accepts(answers)));
    open = open.filter((question) => !accepted.has(question));
  }
  return open;
}
