/** @file Builds explanation graphs, and explains batches of images with them. */

import { FoveaError } from "../foundation/error.js";
import type { Layer } from "../model/layers/layers.js";
import { className, type Model } from "../model/model.js";
import { type Classifier, checkImages, createClassifier, own } from "../model/run/classifier.js";
import { refuseEndlessLoops } from "../onnx/read/limits.js";
import { floats, numbers, Tensor } from "../onnx/tensor.js";
import { augmentedExplainer } from "./augmented.js";
import { createExplanation, type Explanation } from "./explanation.js";
import { fusedExplainer } from "./fused.js";
import { type CamMethod, isPassMethod } from "./method.js";
import { methodNamed, namingGradientFree } from "./methods/index.js";
import type { ClassChoice, Explainer, ExplainerOptions } from "./options.js";
import { explainedLayer, explanationNotes } from "./run/explained-layer.js";
import { graphRunner } from "./run/graph-runner.js";
import { passRunner } from "./run/passes/pass-runner.js";
import type { Results, Runner } from "./run/runner.js";
import { sampledRunner } from "./run/sampled/sampled-runner.js";

/** Builds the graphs; sessions are opened when first needed, and then many images can be explained. */
export async function createExplainer(model: Model, options: ExplainerOptions): Promise<Explainer> {
  const { layers, fusion, augment, ...plain } = options;
  const single = namingGradientFree(() =>
    (layers ?? [undefined]).map((layer) => oneExplainer(model, layer === undefined ? plain : { ...plain, layer })),
  );
  const explainer = layers ? fusedExplainer(single, fusion) : (single[0] as Explainer);
  return augment ? augmentedExplainer(explainer, augment === true ? {} : augment) : explainer;
}

/** Of one layer, for images as they are. */
function oneExplainer(model: Model, options: ExplainerOptions): Explainer {
  const { runtime, layer: wanted = "auto", method: chosen = "grad-cam", against = false } = options;
  const method = typeof chosen === "string" ? methodNamed(chosen) : chosen;
  const layer = explainedLayer(method, model, wanted, options);
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
      return explanationOf(model, layer, against, runs);
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

function explanationOf(model: Model, layer: Layer, against: boolean, runs: readonly Results[]): Explanation {
  const count = runs[0]?.[own("scores")]?.dims[0] ?? 0;
  const first = runs[0] as Results;
  const once = (name: string) => first[own(name)] as Tensor;
  const each = (name: string) => runs.map((run) => run[own(name)] as Tensor);
  const explained = each("explained").map(numbers);
  return createExplanation({
    layer,
    against,
    classNames: model.card.classes,
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
  });
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
