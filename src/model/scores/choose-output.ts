/** @file Chooses the output with the class scores among all that a file gives, and says why. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { type Dim, dimsOf, type Graph, producers, typeOf, type Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { weighted } from "./may-normalise.js";

export interface ChosenOutput {
  readonly output: Value;
  /** Why this one, as the end of a sentence; undefined where there was nothing to choose. */
  readonly reason: string | undefined;
}

export interface OutputHints {
  /** The caller's choice. */
  readonly choice?: Value | undefined;
  /** How many classes are known by name, from different sources. */
  readonly counts: readonly number[];
  /** Size of the input's batch. */
  readonly batch: Dim | undefined;
}

/**
 * The caller's output, else of those with a number for each class the one that the others lead to, whose numbers are as many as
 * there are class names, and that is called like scores; else the first.
 * @throws FoveaError `unknown-name`, or `bad-graph` for a graph without outputs
 */
export function chooseOutput(graph: Graph, hints: OutputHints, where: string): ChosenOutput {
  const { choice, batch } = hints;
  const names = graph.outputs.map(({ name }) => name);
  if (choice !== undefined && !names.includes(choice)) throw unknownName("output", choice, names, where);
  if (choice !== undefined) return { output: beforeSelection(graph, choice), reason: undefined };
  const candidates = [...new Set(names.map((name) => beforeSelection(graph, name)))];
  const [first, ...further] = candidates;
  if (first === undefined)
    throw new FoveaError("bad-graph", `${where}: expected an output with class scores, got none`);
  if (further.length === 0) return { output: first, reason: undefined };
  const numeric = candidates.filter((name) => typeOf(graph, name)?.type === "float32");
  const perClass = numeric.filter((name) => classesOf(dimsOf(graph, name), batch) !== undefined);
  const [only, ...others] = perClass;
  if (only === undefined) return withoutClasses(graph, numeric.length > 0 ? numeric : candidates);
  if (others.length === 0) return { output: only, reason: "it alone gives a number for each class" };
  return bestOf(graph, perClass, hints);
}

/** Of outputs without a number for each class: a score of the whole image by its name, else the first. */
function withoutClasses(graph: Graph, candidates: readonly Value[]): ChosenOutput {
  const isSingle = (name: Value) =>
    dimsOf(graph, name)
      ?.slice(1)
      .every((size) => size === 1) ?? false;
  const score = candidates.find((name) => isSingle(name) && rankOfName(name) === 2);
  if (score !== undefined) return { output: score, reason: "its name tells that it is a score of the whole image" };
  const [first = ""] = candidates;
  const why = hasClassesOfPlaces(dimsOf(graph, first))
    ? "it gives classes for each place"
    : "none gives a number for each class";
  return { output: first, reason: `${why}, and it is the first` };
}

/** Whether sizes are [N, classes, height, width] of a few classes. */
function hasClassesOfPlaces([, classes, ...places]: readonly Dim[] = []): boolean {
  return typeof classes === "number" && classes > 1 && places.length === 2 && places.every((size) => size !== 1);
}

/** Of outputs with a number for each class. */
function bestOf(graph: Graph, candidates: readonly Value[], { counts, batch }: OutputHints): ChosenOutput {
  const last = candidates.filter((name) => !leadsToAnother(graph, name, candidates));
  const [output = candidates[0] ?? ""] = last;
  if (last.length === 1) {
    const isOneHead = candidates.length === graph.outputs.length && areOneHead(graph, candidates, output);
    return { output, reason: isOneHead ? undefined : `${others(candidates, output)} to it` };
  }
  const fitting = last.filter((name) => counts.some((count) => classesOf(dimsOf(graph, name), batch) === count));
  const [named] = fitting;
  if (named !== undefined && fitting.length < last.length)
    return { output: named, reason: "it gives as many numbers as there are class names" };
  const among = fitting.length > 0 ? fitting : last;
  const rank = Math.max(...among.map(rankOfName));
  const best = among.filter((name) => rankOfName(name) === rank);
  const reason =
    best.length < among.length ? "its name tells that it holds scores" : "it is the first with a number for each class";
  return { output: best[0] ?? output, reason };
}

/** Whether all outputs are the same numbers, as scores and the probabilities made of them are: no weights stand between. */
function areOneHead(graph: Graph, candidates: readonly Value[], output: Value): boolean {
  const madeBy = producers(graph);
  const [head, stack] = [new Set<Value>(), [output]];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (head.has(value)) continue;
    head.add(value);
    const node = madeBy.get(value);
    if (node && !weighted.has(node.op)) stack.push(...node.inputs);
  }
  const classes = classesOf(dimsOf(graph, output));
  return candidates.every((name) => head.has(behindCopies(graph, name)) && classesOf(dimsOf(graph, name)) === classes);
}

function others(candidates: readonly Value[], output: Value): string {
  const names = candidates.filter((name) => name !== output).map((name) => `"${name}"`);
  return `${names.join(", ")} ${names.length > 1 ? "lead" : "leads"}`;
}

/** Whether an output lies on the way to another, as an embedding lies before scores, and scores before probabilities. */
function leadsToAnother(graph: Graph, output: Value, all: readonly Value[]): boolean {
  const origin = behindCopies(graph, output);
  const after = descendants(graph, [origin]);
  return all.some((other) => after.has(behindCopies(graph, other)) && behindCopies(graph, other) !== origin);
}

/** Operators that give the numbers of their first input in other sizes, or with another length. */
const copying = new Set([
  ...["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Div", "LpNormalization"],
]);

/** The value that an output is a copy of. */
function behindCopies(graph: Graph, output: Value): Value {
  const madeBy = producers(graph);
  let value = output;
  for (let node = madeBy.get(value); node && copying.has(node.op); node = madeBy.get(value)) [value = ""] = node.inputs;
  return value;
}

/** How likely a name is one of scores: 2, that of anything: 1, that of features: 0. */
function rankOfName(name: Value): number {
  if (/embed|feat|hidden|pool|latent|repr|encod|aux/i.test(name)) return 0;
  return /logit|score|prob|pred|class|softmax|label|cls/i.test(name) ? 2 : 1;
}

/** K of sizes [N, K], with ones besides, or [K] of one image; undefined for other sizes, and where an image has a single number. */
function classesOf(dims: readonly Dim[] = [], batch?: Dim): Dim | undefined {
  const [first] = dims;
  if (dims.length === 1) return typeof first === "number" && first > 1 && first !== batch ? first : undefined;
  const [classes, ...more] = dims.slice(1).filter((size) => size !== 1);
  return more.length === 0 ? classes : undefined;
}

/** The scores of which an output tells only the best: what an ArgMax or TopK behind the classes reads. */
function beforeSelection(graph: Graph, output: Value): Value {
  const madeBy = producers(graph);
  let node = madeBy.get(output);
  while (node && ["Cast", "Squeeze", "Identity", "Reshape", "Flatten"].includes(node.op))
    node = madeBy.get(node.inputs[0] ?? "");
  const scores = node && (node.op === "ArgMax" || node.op === "TopK") ? node.inputs[0] : undefined;
  return scores !== undefined && classesOf(dimsOf(graph, scores)) !== undefined ? scores : output;
}
