/** @file Values whose sizes are numbers that the graph computes: what the runtime would make room for is worked out before it runs. */

import { FoveaError } from "../../foundation/error.js";
import { type Dim, dimsOf, type GraphNode, type Value } from "../../onnx/graph.js";
import type { Known } from "../../onnx/known-numbers.js";
import { mostSteps } from "../../onnx/read/budget.js";
import { numbers } from "../../onnx/tensor.js";
import { mostElements } from "./check-sizes.js";
import { type Maker, makerOf } from "./makers.js";
import type { Answers, Question } from "./questions.js";
import type { Scope } from "./scopes.js";

/**
 * How much the nodes make of which it is not known yet: refused is more than anything that makes sense for one image, and Loops of
 * more steps than a model may take.
 */
export function makerQuestions(scope: Scope, where: string): Question[] {
  return openMakers(scope).map(([node, maker]) => {
    const asks = maker.inputs.map((i) => node.inputs[i] ?? "");
    const accepts = (answers: Answers) => {
      const lists = asks.map((name) => listOf(scope, name, answers));
      if (!lists.every((list) => list !== undefined)) return false;
      const lowest = lists.map(single).find((each) => each !== undefined && each < (maker.least ?? each));
      if (lowest !== undefined) throw refusal(node, where, `expected numbers from ${maker.least} on, got ${lowest}`);
      check(node, maker.elements(lists, firstSize(scope, node)), where);
      return true;
    };
    return { node, asks, accepts };
  });
}

/** The number of a list of one. */
function single(list: readonly number[]): number | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** The nodes that make values of sizes that nobody has told yet. */
function openMakers({ graph }: Scope): [GraphNode, Maker][] {
  const batch = new Set<Dim>(graph.inputs.flatMap(({ dims = [] }) => dims.filter((dim) => dim !== "")));
  const isTold = (dim: Dim) => typeof dim === "number" || batch.has(dim);
  return graph.nodes.flatMap((node): [GraphNode, Maker][] => {
    const maker = makerOf(node);
    const told = maker?.least === undefined && dimsOf(graph, node.outputs[0] ?? "")?.every(isTold);
    return maker && !told ? [[node, maker]] : [];
  });
}

/** The numbers of an input, at their least; none for an input that is left out. */
function listOf({ graph, known }: Scope, name: Value, found: Answers): readonly number[] | undefined {
  if (name === "") return [];
  const tensor = found.get(name) ?? graph.initializers.get(name);
  if (tensor) return numbers(tensor);
  const list = known.of(name);
  return list?.every((each): each is Known => each !== undefined) ? list.map(({ least }) => least) : undefined;
}

/** Elements of the first input; open sizes count as 1. */
function firstSize({ graph }: Scope, { inputs: [x = ""] }: GraphNode): number {
  return (dimsOf(graph, x) ?? []).reduce<number>((size, dim) => size * (typeof dim === "number" ? dim : 1), 1);
}

function check(node: GraphNode, count: number, where: string): void {
  const most = mostElements(node.op);
  if (!(count > most)) return;
  const expected =
    node.op === "Loop"
      ? `expected at most ${mostSteps} steps, got more`
      : `expected at most ${most} elements for an image, got ${count}`;
  throw refusal(node, where, expected);
}

function refusal(node: GraphNode, where: string, what: string): FoveaError {
  return new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${what}`);
}
