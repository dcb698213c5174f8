/** @file Builds explanation graphs, and explains batches of images with them. */

import { FoveaError } from "../error.js";
import {
  Builder,
  copyGraph,
  float32,
  floats,
  type Graph,
  int64,
  numbers,
  prune,
  refuseEndlessLoops,
  runInputs,
  Tensor,
  type Value,
} from "../onnx/index.js";
import type { Runtime, Session } from "../runtime/index.js";
import { appendMethod } from "./append-method.js";
import { Batches } from "./batches.js";
import {
  appendScores,
  appendSum,
  type Classifier,
  checkImages,
  createClassifier,
  own,
  withFiniteImages,
} from "./classifier.js";
import { cutAt } from "./cut.js";
import { explanationNotes, layerFor } from "./gradients.js";
import type { ChosenLayer, Layer } from "./layers.js";
import type { GridOptions } from "./layout.js";
import { type CamMethod, type GraphMethod, isPassMethod } from "./method.js";
import { methodNamed } from "./methods/index.js";
import { className, type Model } from "./model.js";
import { type PassOptions, PassRunner, type RunOptions, refusePassOptions } from "./passes/pass-runner.js";
import { worthRepackingForOne } from "./repack.js";

/** A class by index, or the one with the highest score. */
export type ClassChoice = number | "predicted";

export interface ExplainerOptions extends GridOptions, PassOptions {
  readonly runtime: Runtime;
  /** Name of a value, a unique part of one, -1, -2 ... for the last stages, or `auto` (default), the last feature map. */
  readonly layer?: string | number;
  /** Default `grad-cam`. */
  readonly method?: string | CamMethod;
  /** Explain what speaks against the class: the gradient is negated (Selvaraju et al. 2020, section 3.3). Default false. */
  readonly against?: boolean;
  /** Also return the activation or the gradient at the layer, which costs time and memory. Default neither. */
  readonly include?: readonly ("activation" | "gradient")[];
}

export interface ExplainOptions extends RunOptions {
  /** The classes to explain for every image; default the predicted one. */
  readonly classes?: readonly ClassChoice[];
  /** One class per image instead of the same for all, e.g. the true labels. */
  readonly labels?: ArrayLike<number>;
}

/** For N images and K explained classes. */
export interface Explanation {
  readonly layer: Layer;
  /** The maps show what speaks against the classes. */
  readonly against: boolean;
  /** Class scores before softmax, [N, classes]. */
  readonly scores: Tensor;
  /** After softmax, or after sigmoid where the network ends in one, [N, classes]. */
  readonly probabilities: Tensor;
  /** Highest score of each image. */
  readonly predicted: readonly number[];
  /** The explained classes, K per image. */
  readonly classes: readonly (readonly number[])[];
  /** Raw maps after the ReLU at the layer's resolution, [N, K, h, w], ≥ 0. */
  readonly maps: Tensor;
  /** The same before the ReLU. */
  readonly evidence: Tensor;
  /** Channel weights α, [N, K, C]; undefined where the method has none. */
  readonly weights: Tensor | undefined;
  /** Activations A of the layer, [N, C, h, w], if included. */
  readonly activation: Tensor | undefined;
  /** ∂y/∂A, [N, K, C, h, w], if included. */
  readonly gradient: Tensor | undefined;
  /** What the channels that were not looked at hold of all activation, 0 to 1, of each image; undefined where all were. */
  readonly neglected: readonly number[] | undefined;
}

/** What is run: the whole for one class, front once and tail per class for several. */
export interface ExplanationGraphs {
  /** Image and class to scores and map. */
  readonly whole: Graph;
  /** Image to `cut`. */
  readonly front: Graph;
  /** The layer, and what passes around it. */
  readonly cut: readonly Value[];
  /** `cut` and class to scores and map. */
  readonly tail: Graph;
}

export interface Explainer extends Classifier {
  readonly layer: ChosenLayer;
  readonly method: CamMethod;
  /** What it was made with. */
  readonly options: ExplainerOptions;
  readonly graphs: ExplanationGraphs;
  /** What a reader of the maps should know about how they are computed, for people. */
  readonly notes: readonly string[];
  /**
   * @param images the model's input, float32 [N, C, H, W]; batches give the same maps as images one by one
   * @throws FoveaError `bad-input` for NaN or infinite input, `shape-mismatch`, `unknown-name` for a class that is none
   */
  explain(images: Tensor, options?: ExplainOptions): Promise<Explanation>;
}

/** Builds the graphs; sessions are opened when first needed, and then many images can be explained. */
export async function createExplainer(model: Model, options: ExplainerOptions): Promise<Explainer> {
  const { runtime, layer: wanted = "auto", method: chosen = "grad-cam", against = false } = options;
  const method = typeof chosen === "string" ? methodNamed(chosen) : chosen;
  const layer = layerFor(method, model, wanted, options);
  const runner = isPassMethod(method)
    ? new PassRunner(model, layer, method, options)
    : graphRunner(model, layer, method, options);
  refuseEndlessLoops(runner.graphs.whole, Number.POSITIVE_INFINITY);
  const classifier = createClassifier(model, { runtime });
  return {
    model,
    layer,
    method,
    options,
    graphs: runner.graphs,
    notes: explanationNotes(model, layer.name),
    async explain(images, { classes = onlyPredicted, labels, ...watched } = {}) {
      const count = checkImages(model, images);
      const rows: ClassChoice[][] = labels
        ? [Array.from(labels)]
        : classes.map((choice) => Array<ClassChoice>(count).fill(choice));
      const wantedClasses = rows.map((row) => row.map((choice) => classIndex(model, choice)));
      return explanationOf(layer, against, count, await runner.run(images, wantedClasses, watched));
    },
    classify: (images) => classifier.classify(images),
    async close() {
      await classifier.close();
      await runner.close();
    },
  };
}

/** Runs what makes maps of images and classes (K rows of N, -1 for the predicted one): K results, each with N rows. */
export interface Runner {
  readonly graphs: ExplanationGraphs;
  run(images: Tensor, classes: readonly (readonly number[])[], options?: RunOptions): Promise<Record<Value, Tensor>[]>;
  close(): Promise<void>;
}

function graphRunner(model: Model, layer: Layer, method: GraphMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [] } = options;
  refusePassOptions(method, options);
  const graphs = explanationGraphs(model, layer, method, { against, include });
  const batches = new Batches(model);
  const sessions = new Sessions(runtime, graphs);
  return {
    graphs,
    run: (images, classes, { signal } = {}) =>
      batches.run(images, async (part, first, size) => {
        signal?.throwIfAborted();
        const chosenHere = classes.map((row) => int64(row.slice(first, first + size)));
        return runClasses(sessions, graphs, model.input.name, part, chosenHere);
      }),
    close: () => sessions.close(),
  };
}

const onlyPredicted: readonly ClassChoice[] = ["predicted"];

type Results = Record<Value, Tensor>;

/** One run of the whole for one class; for several the front runs once. */
async function runClasses(
  sessions: Sessions,
  graphs: ExplanationGraphs,
  input: Value,
  images: Tensor,
  classes: readonly Tensor[],
): Promise<Results[]> {
  const [only, ...others] = classes;
  if (only === undefined) throw new FoveaError("bad-input", "classes: expected at least one, got none");
  if (others.length === 0) return [await sessions.run("whole", { [input]: images, [own("class")]: only })];
  const passed = graphs.front.nodes.length > 0 ? await sessions.run("front", { [input]: images }) : {};
  const names = runInputs(graphs.tail).flatMap(({ name }) => (name === own("class") ? [] : [name]));
  const feeds = Object.fromEntries(names.map((name) => [name, passed[name] ?? images]));
  const results: Results[] = [];
  for (const choice of classes) results.push(await sessions.run("tail", { ...feeds, [own("class")]: choice }));
  return results;
}

function explanationOf(layer: Layer, against: boolean, count: number, runs: readonly Results[]): Explanation {
  const first = runs[0] as Results;
  const once = (name: string) => first[own(name)] as Tensor;
  const each = (name: string) => runs.map((run) => run[own(name)] as Tensor);
  const explained = each("explained").map(numbers);
  return {
    layer,
    against,
    scores: once("scores"),
    probabilities: once("probabilities"),
    predicted: numbers(once("predicted")),
    classes: Array.from({ length: count }, (_, i) => explained.map((row) => row[i] as number)),
    maps: stacked(each("map"), true),
    evidence: stacked(each("evidence"), true),
    weights: once("weights") && stacked(each("weights"), false),
    activation: once("activation"),
    gradient: once("gradient") && stacked(each("gradient"), false),
    neglected: once("neglected") && numbers(once("neglected")),
  };
}

type SessionGraphs = Pick<ExplanationGraphs, "whole" | "front" | "tail">;

/** Sessions by name, opened when first run: one for single images, and one for batches where that differs. */
class Sessions {
  readonly #runtime: Runtime;
  readonly #graphs: SessionGraphs;
  readonly #open = new Map<string, Promise<Session>>();
  readonly #frugal = new Set<keyof SessionGraphs>();

  constructor(runtime: Runtime, graphs: SessionGraphs) {
    this.#runtime = runtime;
    this.#graphs = graphs;
    for (const name of ["whole", "front", "tail"] as const) {
      if (!worthRepackingForOne(graphs[name])) this.#frugal.add(name);
    }
  }

  async run(name: keyof SessionGraphs, feeds: Results): Promise<Results> {
    const repack = Object.values(feeds)[0]?.dims[0] !== 1 || !this.#frugal.has(name);
    const key = `${name} ${repack}`;
    const session = this.#open.get(key) ?? this.#runtime.open(this.#graphs[name], { repack });
    this.#open.set(key, session);
    return withFiniteImages(await (await session).run(feeds), feeds);
  }

  async close(): Promise<void> {
    // What could not be opened was told when it was asked for.
    for (const session of this.#open.values()) await (await session.catch(() => undefined))?.close();
    this.#open.clear();
  }
}

interface GraphOptions {
  readonly against: boolean;
  readonly include: readonly ("activation" | "gradient")[];
}

/** The network cut at the layer: what comes before, and what comes after with the gradient and the method. */
function explanationGraphs(model: Model, layer: Layer, method: GraphMethod, options: GraphOptions): ExplanationGraphs {
  const op = new Builder(copyGraph(model.graph));
  const { scores, probabilities } = appendScores(op, model);
  const predicted = op.ArgMax(scores, { axis: 1, keepdims: 0 });
  const wanted = op.input(own("class"), "int64", ["N"]);
  const explained = op.Where(op.Less(wanted, op.int(0)), predicted, wanted);
  const built = appendMethod(op, layer, method, scores, () => appendSeed(op, scores, explained, options.against));
  const { graph, tail, activation, gradient, evidence, weights } = built;
  const outputs = { scores, probabilities, predicted, explained, evidence, map: tail.Relu(evidence), weights };
  const extra = { activation, gradient };
  const wantedOutputs = { ...outputs, ...Object.fromEntries(options.include.map((name) => [name, extra[name]])) };
  const names = Object.entries(wantedOutputs).flatMap(([name, value]) =>
    value === undefined ? [] : [tail.named(own(name), value)],
  );
  const cut = cutAt(graph, layer.name, names);
  const sum = appendSum(tail, model);
  const [whole, front] = [names, cut].map((outputs) => prune(graph, [...outputs, sum])) as [Graph, Graph];
  return { cut, whole, front, tail: prune(graph, names, cut) };
}

/** The gradient that arrives at the scores: one at each image's class. */
export function appendSeed(op: Builder, scores: Value, classes: Value, against: boolean): Value {
  const count = op.Gather(op.Shape(scores), op.int(1));
  return op.OneHot(classes, count, op.constant(float32([2], [0, against ? -1 : 1]), "off_on"), { axis: 1 });
}

/** -1 stands for the predicted class, which the graph itself finds. */
function classIndex(model: Model, choice: ClassChoice): number {
  if (choice === "predicted") return -1;
  const count = model.classCount;
  if (Number.isInteger(choice) && choice >= 0 && (count === undefined || choice < count)) return choice;
  const last = count === undefined ? "" : ` (${className(model, 0)} to ${className(model, count - 1)})`;
  throw new FoveaError("unknown-name", `class ${choice}: expected 0 to ${(count ?? 0) - 1}${last}, or predicted`);
}

/** K tensors [N, ...] to one [N, K, ...]; `merge` drops a channel axis of size 1. */
function stacked(tensors: readonly Tensor[], merge: boolean): Tensor {
  const [first] = tensors as [Tensor];
  const [count = 0, ...rest] = first.dims;
  const inner = merge ? rest.slice(1) : rest;
  const size = first.size / Math.max(count, 1);
  const all = new Float32Array(first.size * tensors.length);
  for (let i = 0; i < count; i++) {
    tensors.forEach((tensor, k) => {
      all.set(floats(tensor).subarray(i * size, (i + 1) * size), (i * tensors.length + k) * size);
    });
  }
  return new Tensor("float32", [count, tensors.length, ...inner], all);
}
