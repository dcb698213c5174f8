/** @file What has to be known of a node before anything that depends on it may be computed. */

import type { Graph, GraphNode, Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { isSafeDivisor, riskyDivisions } from "../../onnx/rewrite/guard-division.js";
import type { NumericType, Tensor } from "../../onnx/tensor.js";
import { knownValues } from "../../runtime/known-values.js";
import type { Runtime } from "../../runtime/session.js";
import type { Scope } from "./scopes.js";

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

/** A question about a division of whole numbers. */
export interface DivisionQuestion extends Question {
  readonly type: NumericType;
}

/** Whether what whole numbers are divided by may be 0. */
export function divisionQuestions({ graph, known }: Scope): DivisionQuestion[] {
  return [...riskyDivisions(graph, known)].map(([node, type]) => {
    const [, divisor = ""] = node.inputs;
    const accepts = (answers: Answers) => {
      const tensor = answers.get(divisor);
      return tensor !== undefined && isSafeDivisor(tensor);
    };
    return { node, type, asks: [divisor], accepts };
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
export async function unanswered<Asked extends Question>(
  graph: Graph,
  questions: readonly Asked[],
  runtime: Runtime,
): Promise<Asked[]> {
  let open = questions.filter(({ accepts }) => !accepts(new Map()));
  const asked = new Set<Asked>();
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
