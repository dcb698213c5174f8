/** @file Recognises what a network does to its scores in the end: a softmax or sigmoid in any spelling, and what follows it. */

import type { Builder } from "../../onnx/builder.js";
import type { Graph, GraphNode, Value } from "../../onnx/graph.js";
import { GraphReader } from "./graph-reader.js";
import { logSoftmaxWrittenOut, sigmoidWrittenOut, softmaxWrittenOut } from "./written-out.js";

/** Probabilities, or their logarithms, that a value of a graph holds. */
export interface Ending {
  /** `softmax`: the classes of an image share its probability; `sigmoid`: each has its own. */
  readonly kind: "softmax" | "sigmoid";
  /** The value holds logarithms. */
  readonly isLog: boolean;
  /** Appends the scores that the probabilities are made of; appends nothing where a value of the graph holds them. */
  readonly scores: (op: Builder) => Value;
  /** Appends the probabilities, 0 to 1, that the value stands for. */
  readonly undo: (op: Builder, value: Value) => Value;
  /** What was done to the probabilities behind softmax or sigmoid, in words; none where these alone make them. */
  readonly changes: readonly string[];
}

/** The ending of which a value is the result; undefined where none is recognised. */
export function findEnding(graph: Graph, value: Value): Ending | undefined {
  return endingAt(new GraphReader(graph), value);
}

type Read = (graph: GraphReader, node: GraphNode) => Ending | undefined;

function endingAt(graph: GraphReader, value: Value | undefined): Ending | undefined {
  const node = graph.producer(value);
  return node && (node.domain === "" ? readers[node.op]?.(graph, node) : undefined);
}

const passing: Read = (graph, { inputs }) => endingAt(graph, inputs[0]);

/** Reductions of axes of one element, such as the batch of a file for one image. */
function overSingles(graph: GraphReader, node: GraphNode): Ending | undefined {
  return graph.reducesSingles(node) ? passing(graph, node) : undefined;
}

const readers: Readonly<Record<string, Read>> = {
  Identity: passing,
  Reshape: passing,
  Flatten: passing,
  Squeeze: passing,
  Unsqueeze: passing,
  Cast: passing,
  Dropout: passing,
  ReduceSum: overSingles,
  ReduceMean: overSingles,
  ReduceMax: overSingles,
  QuantizeLinear: passing,
  DequantizeLinear: passing,
  Softmax: (_, { inputs: [scores] }) => made("softmax", scores),
  LogSoftmax: (_, { inputs: [scores] }) => logOf(made("softmax", scores)),
  Sigmoid: (_, { inputs: [scores] }) => made("sigmoid", scores),
  Clip: (graph, { inputs: [x] }) => changed(endingAt(graph, x), "clipped"),
  Max: clippedByConstant,
  Min: clippedByConstant,
  Log: (graph, { inputs: [x] }) => logOf(endingAt(graph, x)),
  Exp: (graph, { inputs: [x] }) => exponentialOf(endingAt(graph, x)),
  Neg: (graph, { inputs: [x] }) => negated(endingAt(graph, x)),
  Mul: product,
  Div: quotient,
  Add: sum,
  Sub: difference,
  Reciprocal: (graph, node) => sigmoidOf(sigmoidWrittenOut(graph, node)),
  Concat: sideBySide,
  Slice: someClasses,
  Gather: someClasses,
};

/** Probabilities as softmax or sigmoid make them. */
function made(kind: Ending["kind"], scores: Value | undefined): Ending | undefined {
  if (scores === undefined) return undefined;
  return { kind, isLog: false, scores: () => scores, undo: (_, value) => value, changes: [] };
}

function sigmoidOf(scores: ((op: Builder) => Value) | undefined): Ending | undefined {
  return scores && { kind: "sigmoid", isLog: false, scores, undo: (_, value) => value, changes: [] };
}

function changed(ending: Ending | undefined, change: string, undo?: Ending["undo"]): Ending | undefined {
  if (ending === undefined) return undefined;
  const changes = ending.changes.includes(change) ? ending.changes : [...ending.changes, change];
  return { ...ending, changes, undo: undo ? (op, value) => ending.undo(op, undo(op, value)) : ending.undo };
}

function logOf(ending: Ending | undefined): Ending | undefined {
  if (ending === undefined || ending.isLog) return undefined;
  return { ...ending, isLog: true, undo: (op, value) => ending.undo(op, op.Exp(value)) };
}

function exponentialOf(ending: Ending | undefined): Ending | undefined {
  if (!ending?.isLog) return undefined;
  return { ...ending, isLog: false, undo: (op, value) => ending.undo(op, op.Log(value)) };
}

/** Negated logarithms, as costs are. */
function negated(ending: Ending | undefined): Ending | undefined {
  return ending?.isLog ? changed(ending, "negated", (op, value) => op.Neg(value)) : undefined;
}

function clippedByConstant(graph: GraphReader, { inputs }: GraphNode): Ending | undefined {
  const { constant, other } = graph.withConstant(inputs);
  return constant === undefined ? undefined : changed(endingAt(graph, other), "clipped");
}

function scaled(ending: Ending | undefined, factor: number | undefined): Ending | undefined {
  if (factor === undefined || !Number.isFinite(factor) || factor === 0) return undefined;
  if (factor === 1) return ending;
  if (factor < 0 && !ending?.isLog) return undefined;
  return changed(ending, `scaled by ${Number(factor.toPrecision(4))}`, (op, value) =>
    op.Mul(value, op.scalar(1 / factor)),
  );
}

function product(graph: GraphReader, node: GraphNode): Ending | undefined {
  const scores = softmaxWrittenOut(graph, node);
  if (scores !== undefined) return made("softmax", scores);
  const { constant, other } = graph.withConstant(node.inputs);
  return constant === undefined ? undefined : scaled(endingAt(graph, other), constant);
}

function quotient(graph: GraphReader, node: GraphNode): Ending | undefined {
  const [top, bottom] = node.inputs;
  const scores = softmaxWrittenOut(graph, node);
  if (scores !== undefined) return made("softmax", scores);
  const single = sigmoidOf(sigmoidWrittenOut(graph, node));
  if (single) return single;
  const ending = endingAt(graph, top);
  if (ending === undefined || ending.isLog) return undefined;
  const divisor = graph.number(bottom);
  if (divisor !== undefined) return scaled(ending, 1 / divisor);
  const isOwnSum = ending.kind === "softmax" && graph.isSame(graph.sumOverClasses(bottom), top);
  // What was done to them before is no matter once they add up to one again.
  return isOwnSum ? { ...ending, changes: [...ending.changes, "normalised"], undo: (_, value) => value } : undefined;
}

/** The largest number that only keeps logarithms finite. */
const negligible = 1e-3;

function sum(graph: GraphReader, { inputs }: GraphNode): Ending | undefined {
  const { constant, other } = graph.withConstant(inputs);
  if (constant === undefined) return undefined;
  if (Math.abs(constant) <= negligible) return changed(endingAt(graph, other), `shifted by ${constant.toPrecision(1)}`);
  const negative = graph.producer(other);
  return constant === 1 && negative?.op === "Neg" ? complement(endingAt(graph, negative.inputs[0])) : undefined;
}

function difference(graph: GraphReader, node: GraphNode): Ending | undefined {
  const [left, right] = node.inputs;
  if (graph.number(left) === 1) return complement(endingAt(graph, right));
  const scores = logSoftmaxWrittenOut(graph, node);
  return scores === undefined ? undefined : logOf(made("softmax", scores));
}

/** 1 - p of a sigmoid, which is the sigmoid of the negated score. */
function complement(ending: Ending | undefined): Ending | undefined {
  if (ending?.kind !== "sigmoid" || ending.isLog || !isInPlace(ending)) return undefined;
  return { ...ending, scores: (op) => op.Neg(ending.scores(op)) };
}

/** Whether a value holds the probabilities themselves, but for their last digits. */
function isInPlace({ isLog, changes }: Ending): boolean {
  return !isLog && changes.every((change) => !change.startsWith("scaled") && change !== "negated");
}

/** Probabilities side by side: 1 - p and p, the labels of several heads, or a softmax for each group of classes. */
function sideBySide(graph: GraphReader, { inputs, outputs: [output], attributes }: GraphNode): Ending | undefined {
  const parts = inputs.map((input) => endingAt(graph, input));
  const [first] = parts;
  const axis = attributes.axis?.type === "int" ? attributes.axis.value : 0;
  if (first === undefined || !graph.isClassAxis(output, axis)) return undefined;
  const all = parts.flatMap((part) => (part && part.kind === first.kind && isInPlace(part) ? [part] : []));
  if (all.length < parts.length) return undefined;
  const joined: Ending = {
    kind: first.kind,
    isLog: false,
    scores: (op) => op.Concat(...all.map((part) => op.Flatten(part.scores(op), { axis: 1 })), { axis: 1 }),
    undo: (_, value) => value,
    changes: [...new Set(all.flatMap(({ changes }) => changes))],
  };
  return first.kind === "softmax" ? changed(joined, "made for each group of classes") : joined;
}

/** Some of the classes, such as all but the background. */
function someClasses(graph: GraphReader, node: GraphNode): Ending | undefined {
  const [x, ...others] = node.inputs;
  const ending = endingAt(graph, x);
  const chosen = graph.classesChosen(node);
  if (ending === undefined || chosen === undefined || !isInPlace(ending)) return undefined;
  const part: Ending = {
    ...ending,
    scores: (op) => {
      const flat = op.Flatten(ending.scores(op), { axis: 1 });
      if (node.op === "Gather") return op.Gather(flat, op.ints(chosen), { axis: 1 });
      const [starts, ends, , steps] = others;
      return op.Slice(flat, starts, ends, op.ints([1]), ...(steps ? [steps] : []));
    },
  };
  return ending.kind === "softmax" ? changed(part, "given for some of the classes") : part;
}
