/** @file Builds explanation graphs, and explains batches of images with them. */

import { FoveaError } from "../foundation/error.js";
import { className } from "../model/class-names.js";
import type { ChosenLayer, Layer } from "../model/layers/layer.js";
import type { GridOptions } from "../model/layers/layout.js";
import type { Model } from "../model/model.js";
import { type Classifier, checkImages, createClassifier, own } from "../model/run/classifier.js";
import { refuseEndlessLoops } from "../onnx/read/limits.js";
import { floats, numbers, Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import { type Augmentation, augmentedExplainer } from "./augmented.js";
import { type Fusion, fusedExplainer } from "./fused.js";
import { methodNamed } from "./methods/index.js";
import { type CamMethod, isPassMethod } from "./methods/method.js";
import { explanationNotes, layerFor } from "./run/gradients.js";
import { graphRunner } from "./run/graph-runner.js";
import { passRunner } from "./run/passes/pass-runner.js";
import type { ExplanationGraphs, Results, Runner, RunOptions } from "./run/runner.js";
import { sampledRunner } from "./run/sampled/sampled-runner.js";

/** A class by index, the one with the highest score, or the one with the r-th highest. */
export type ClassChoice = number | "predicted" | { readonly rank: number };

/**
 * The activation and the gradient at the layer, and the attribution: what every element gets of those that the map sums up (or
 * takes the largest of), which is defined for all methods but those that make one number of all channels.
 */
export type Included = "activation" | "gradient" | "attribution";

export interface ExplainerOptions extends GridOptions {
  readonly runtime: Runtime;
  /** Name of a value, a unique part of one, -1, -2 ... for the last stages, or `auto` (default), the last feature map. */
  readonly layer?: string | number;
  /** Default `grad-cam`. */
  readonly method?: string | CamMethod;
  /** Explain what speaks against the class: the gradient is negated (Selvaraju et al. 2020, section 3.3). Default false. */
  readonly against?: boolean;
  /** Also return what else is known, which costs time and memory. Default nothing. */
  readonly include?: readonly Included[];
  /** Explain several layers and fuse their maps into one; in the place of `layer`. Default one layer. */
  readonly layers?: readonly (string | number)[] | undefined;
  /** How the maps of several layers become one. Default `normalised`. */
  readonly fusion?: Fusion | undefined;
  /** Take the mean over mirrored, brighter and darker versions of the image; true for the usual six. Default false. */
  readonly augment?: boolean | Augmentation | undefined;
  /**
   * The first principal component of each channel's part of the map instead of their sum, for methods that are such a sum
   * (Muhammad and Yeasin's idea, as pytorch-grad-cam's `eigen_smooth`). Default false.
   */
  readonly eigenSmooth?: boolean | undefined;
  /** Of random numbers, for methods that draw some. Default 1. */
  readonly seed?: number | undefined;
  /** How many samples or steps, for methods that take some. Default as many as the method says. */
  readonly samples?: number | undefined;
  /**
   * Look only at this many channels, those with the largest activation by magnitude, for methods that run the network for each.
   * Default all.
   */
  readonly topChannels?: number | undefined;
  /** The input that integrated gradients start from, float32 [1, C, H, W] or as the network takes it. Default zeros. */
  readonly baseline?: Tensor | undefined;
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
  /** What every element gets, [N, K, C, h, w], if included and defined. */
  readonly attribution: Tensor | undefined;
  /** Of a method that shares out a number, e.g. the score: what was attributed, and the number. Undefined for others. */
  readonly completeness: Completeness | undefined;
  /** Of `topChannels`: what the other channels hold of each image's activation, 0 to 1; undefined where all were looked at. */
  readonly neglected: readonly number[] | undefined;
}

/** [N, K], both; the difference is the method's error. */
export interface Completeness {
  readonly attributed: Tensor;
  readonly total: Tensor;
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
  const { layers, fusion, augment, ...plain } = options;
  const single = layers?.map((layer) => oneExplainer(model, { ...plain, layer })) ?? [oneExplainer(model, plain)];
  const explainer = layers ? fusedExplainer(single, fusion) : (single[0] as Explainer);
  return augment ? augmentedExplainer(explainer, augment === true ? {} : augment) : explainer;
}

/** Of one layer, for images as they are. */
function oneExplainer(model: Model, options: ExplainerOptions): Explainer {
  const { runtime, layer: wanted = "auto", method: chosen = "grad-cam", against = false } = options;
  const method = typeof chosen === "string" ? methodNamed(chosen) : chosen;
  const layer = layerFor(method, model, wanted, options);
  checkNumbers(method, options);
  const runner = runnerOf(model, layer, method, options);
  refuseEndlessLoops(runner.graphs.whole, Number.POSITIVE_INFINITY);
  const classifier = createClassifier(model, { runtime });
  return {
    model,
    layer,
    method,
    options,
    graphs: runner.graphs,
    notes: explanationNotes(model, layer.name, method),
    async explain(images, { classes = onlyPredicted, labels, ...watched } = {}) {
      const count = checkImages(model, images);
      const rows: ClassChoice[][] = labels
        ? [Array.from(labels)]
        : classes.map((choice) => Array<ClassChoice>(count).fill(choice));
      const ranked = await withoutRanks(rows, classifier, images);
      const wantedClasses = ranked.map((row) => row.map((choice) => classIndex(model, choice)));
      if (wantedClasses.length === 0) throw new FoveaError("bad-input", "classes: expected at least one, got none");
      const runs = await runner.run(images, wantedClasses, watched);
      return explanationOf(layer, against, count, runs);
    },
    classify: (images) => classifier.classify(images),
    async close() {
      await classifier.close();
      await runner.close();
    },
  };
}

function runnerOf(model: Model, layer: Layer, method: CamMethod, options: ExplainerOptions): Runner {
  if (isPassMethod(method)) return passRunner(model, layer, method, options);
  if ("build" in method) return graphRunner(model, layer, method, options);
  return sampledRunner(model, layer, method, options);
}

/** Refuses numbers that are none, and channels to choose where a method does not go through them. */
function checkNumbers(method: CamMethod, { samples, topChannels }: ExplainerOptions): void {
  for (const [option, given] of Object.entries({ samples, topChannels })) {
    if (given === undefined || (Number.isSafeInteger(given) && given >= 1)) continue;
    throw new FoveaError("bad-input", `${option}: expected a whole number from 1 on, got ${given}`);
  }
  if (topChannels === undefined || (isPassMethod(method) && method.at !== "image")) return;
  const what = `${method.name}, which does not run the network for each channel`;
  throw new FoveaError("bad-input", `topChannels: expected none for the method ${what}`);
}

const onlyPredicted: readonly ClassChoice[] = ["predicted"];

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
    attribution: once("attribution") && stacked(each("attribution"), false),
    completeness: once("attributed") && {
      attributed: stacked(each("attributed"), false),
      total: stacked(each("total"), false),
    },
    neglected: once("neglected") && numbers(once("neglected")),
  };
}

/** The classes of all ranks, which takes a look at the scores first. */
async function withoutRanks(
  rows: readonly (readonly ClassChoice[])[],
  classifier: Classifier,
  images: Tensor,
): Promise<(number | "predicted")[][]> {
  const ranks = rows.flat().flatMap((choice) => (typeof choice === "object" ? [choice.rank] : []));
  const probabilities = ranks.length > 0 ? await classifier.classify(images) : undefined;
  const count = probabilities?.dims[1] ?? 0;
  const wrong = ranks.find((rank) => !(Number.isInteger(rank) && rank >= 1 && rank <= count));
  if (wrong !== undefined) throw new FoveaError("bad-input", `class of rank ${wrong}: expected 1 to ${count}`);
  const orders = rows[0]?.map((_, i) => {
    const values = probabilities ? floats(probabilities).subarray(i * count, (i + 1) * count) : new Float32Array();
    return Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number));
  });
  return rows.map((row) =>
    row.map((choice, i) => (typeof choice === "object" ? (orders?.[i]?.[choice.rank - 1] as number) : choice)),
  );
}

/** -1 stands for the predicted class, which the graph itself finds. */
function classIndex(model: Model, choice: number | "predicted"): number {
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
