/** @file A network of images and texts with the texts as constants: an ordinary network with a score for each of them. */

import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Dim, dimsOf, type Graph, readsOf, runInputs, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { sizeOf, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { runTexts } from "./run-texts.js";
import { textInputsOf } from "./text-inputs.js";
import { type Prompt, promptsOf, scoreOf, type TextQuestion, type TextScore } from "./text-options.js";
import { appendCosines, withScores } from "./text-scores.js";
import { openTokenizer, ownTokenizer, tokenizerKey } from "./tokenizer.js";
import { hasBias, type TwoTowers, twoTowersOf, vectorAmong } from "./two-towers.js";

/** What pinning needs besides the texts. */
export interface PinContext {
  /** How errors name the file. */
  readonly where: string;
  readonly runtime: Runtime;
  /** Makes sure that a network of texts can be run. @throws FoveaError `bad-graph` */
  readonly guard: (graph: Graph) => Promise<Graph>;
}

export interface Pinned {
  /** With one input, the image, and one output, the scores. */
  readonly graph: Graph;
  /** Whether the file adds a number to its scores, as SigLIP does. */
  readonly hasBias: boolean;
  readonly notes: readonly string[];
}

/**
 * Runs the network of texts once for each text, and leaves that of images with a score for each.
 * @throws FoveaError `bad-input` for a network that reads no texts, and for texts that it cannot read; `not-found` for a missing tokenizer
 */
export async function pinTexts(graph: Graph, question: TextQuestion, context: PinContext): Promise<Pinned> {
  const asked = { ...question, prompts: promptsOf(question) };
  const towers = twoTowersOf(graph);
  return towers ? pinBoth(graph, towers, asked, context) : pinBeside(graph, asked, context);
}

interface Asked extends TextQuestion {
  readonly prompts: readonly Prompt[];
}

/** Of a file with both networks. */
async function pinBoth(graph: Graph, towers: TwoTowers, question: Asked, context: PinContext): Promise<Pinned> {
  const { logits, vectors } = towers;
  const isBiased = logits !== undefined && hasBias(graph, logits, towers);
  const score = scoreOf(question, isBiased ? "sigmoid" : "softmax");
  const scores = score === "cosine" ? undefined : logits;
  const pinned = scores === undefined ? [vectorsOf(vectors, context.where).text] : boundary(graph, scores, towers);
  const values = await valuesOf(graph, pinned, question, context);
  const op = new Builder(withConstants(graph, values), "texts");
  const { value, notes } =
    scores === undefined
      ? similarities(op, vectorsOf(vectors, context.where), score, context)
      : { value: scores, notes: [] };
  return { ...scored(op, graph, { score, value }, question), hasBias: isBiased, notes };
}

/** Of a file with the network of images alone. */
async function pinBeside(graph: Graph, question: Asked, context: PinContext): Promise<Pinned> {
  const image = vectorAmong(
    graph,
    graph.outputs.map(({ name }) => name),
  );
  const tower = await question.textTower?.();
  if (tower === undefined || image === undefined) throw withoutTexts(graph, context.where);
  const text = vectorAmong(
    tower,
    tower.outputs.map(({ name }) => name),
  );
  const score = scoreOf(question, "softmax");
  const values = await valuesOf(tower, text === undefined ? [] : [text], question, context);
  const vector = values.get(text ?? "");
  const [length, other] = [dimsOf(graph, image)?.[1], vector && sizeOf(vector.dims.slice(1))];
  if (vector === undefined || (typeof length === "number" && length !== other))
    throw new FoveaError(
      "bad-input",
      `${context.where}: expected a network of texts with vectors of ${length} numbers, as its own "${image}" has, got ${other ?? "none"}`,
    );
  const op = new Builder(copyGraph(graph), "texts");
  const { value, notes } = similarities(op, { image, text: op.constant(vector, "vectors") }, score, context);
  return { ...scored(op, graph, { score, value }, question), hasBias: false, notes };
}

function vectorsOf(vectors: TwoTowers["vectors"], where: string): NonNullable<TwoTowers["vectors"]> {
  if (vectors) return vectors;
  throw new FoveaError(
    "bad-graph",
    `${where}: expected outputs with a vector of the image and one of the text, got none`,
  );
}

function withoutTexts(graph: Graph, where: string): FoveaError {
  const names = (values: readonly { readonly name: Value; readonly dims?: readonly Dim[] | undefined }[]) =>
    values.map(({ name, dims }) => `${name} [${dims?.map((size) => size || "?").join(", ") ?? "?"}]`).join(", ");
  const got = `got one from ${names(runInputs(graph))} to ${names(graph.outputs)}`;
  const expected =
    "expected a network that compares images with texts, or one of images with text_model.onnx beside it";
  return new FoveaError("bad-input", `${where}: texts: ${expected}, ${got}`);
}

/** The values of the texts' network that those of the images' network read on the way to `scores`. */
function boundary(graph: Graph, scores: Value, { ofImage, ofTexts }: TwoTowers): Value[] {
  const read = prune(graph, [scores])
    .nodes.filter(({ outputs }) => outputs.some((each) => ofImage.has(each)))
    .flatMap(readsOf);
  return [...new Set(read)].filter((value) => ofTexts.has(value) && !ofImage.has(value));
}

/** Values of a network of texts for all texts. */
async function valuesOf(
  graph: Graph,
  values: readonly Value[],
  question: Asked,
  { where, runtime, guard }: PinContext,
): Promise<ReadonlyMap<Value, Tensor>> {
  const tokenizer = await openTokenizer(await question.tokenizer(ownTokenizer(graph)));
  const part = await guard(prune(graph, values));
  const inputs = textInputsOf(part);
  if (inputs === undefined || values.length === 0)
    throw new FoveaError("bad-input", `${where}: texts: expected a network that reads tokens, int64 [texts, tokens]`);
  const texts = question.prompts.map(({ prompt }) => prompt);
  return runTexts({ graph: part, inputs, tokenizer, runtime }, values, texts);
}

function withConstants(graph: Graph, values: ReadonlyMap<Value, Tensor>): Graph {
  const result = copyGraph(graph);
  result.nodes = graph.nodes.filter(({ outputs }) => !outputs.some((output) => values.has(output)));
  result.initializers = new Map([...graph.initializers, ...values]);
  return result;
}

/** The factor of CLIP's cosines: its training raises it to 100, and no further. */
const usualScale = 100;

/** Cosines, or with them what softmax or sigmoid make probabilities of. */
function similarities(
  op: Builder,
  { image, text }: NonNullable<TwoTowers["vectors"]>,
  score: TextScore,
  { where }: PinContext,
): { readonly value: Value; readonly notes: readonly string[] } {
  const value = appendCosines(op, image, text);
  if (score === "cosine") return { value, notes: [] };
  const scalar = (pattern: RegExp) =>
    op.graph.outputs.find(({ name, dims }) => pattern.test(name) && dims?.every((size) => size === 1))?.name;
  const [scale, bias] = [scalar(/scale/i), scalar(/bias/i)];
  if (score === "sigmoid" && bias === undefined)
    throw new FoveaError(
      "bad-input",
      `${where}: score sigmoid: expected a file that holds what is added to the scores (model.onnx has it), got one of vectors alone`,
    );
  const scaled = op.Mul(value, scale ?? op.scalar(usualScale));
  const notes =
    scale === undefined
      ? [`The file does not say by what cosines are multiplied: ${usualScale} assumed, as in CLIP.`]
      : [];
  return { value: bias === undefined ? scaled : op.Add(scaled, bias), notes };
}

function scored(
  op: Builder,
  graph: Graph,
  { score, value }: { readonly score: TextScore; readonly value: Value },
  { prompts }: Asked,
): Pick<Pinned, "graph"> {
  const images = runInputs(graph).toSorted((a, b) => (b.dims?.length ?? 0) - (a.dims?.length ?? 0));
  const batch = present(images[0], "input").dims?.[0] ?? "N";
  op.graph.metadata.delete(tokenizerKey);
  const names = prompts.map(({ name }) => name);
  return { graph: withScores(op, { score, value, names, batch }) };
}
