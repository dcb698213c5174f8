/** @file Builds explanation graphs, and explains batches of images with them. */

import { badInput } from "../foundation/check.js";
import { FoveaError, shortened } from "../foundation/error.js";
import { closeAll, Lifetime } from "../foundation/lifetime.js";
import { at } from "../foundation/present.js";
import type { Layer } from "../model/layers/layer.js";
import type { Model } from "../model/model.js";
import { checkImages, createClassifier } from "../model/run/classifier.js";
import { refuseEndlessLoops } from "../onnx/read/limits.js";
import { floats, numbers, Tensor } from "../onnx/tensor.js";
import { augmentedExplainer } from "./augmented.js";
import { explainedClasses } from "./explained-classes.js";
import { createExplanation, type Explanation } from "./explanation.js";
import { fusedExplainer } from "./fused.js";
import {
  baselinesOf,
  type CamMethod,
  defaultMethod,
  isPassMethod,
  mostDifferentiated,
  mostNoise,
  mostSamples,
  mostSuperpixels,
  takesNoise,
  takesSuperpixels,
} from "./method.js";
import { methodNamed, namingGradientFree } from "./methods/index.js";
import type { Explainer, ExplainerOptions } from "./options.js";
import { checkExplainerOptions, checkExplainOptions } from "./run/check-options.js";
import { explainedLayer, explanationNotes } from "./run/explained-layer.js";
import { graphRunner } from "./run/graph-runner.js";
import type { ClassResult } from "./run/map-tensors.js";
import { passRunner } from "./run/passes/pass-runner.js";
import type { Runner } from "./run/runner.js";
import { baselineNotes, checkBaseline } from "./run/sampled/baselines.js";
import { sampledRunner } from "./run/sampled/sampled-runner.js";

/**
 * Makes an explainer of a model, for one layer and method. It builds the graphs; sessions are opened when first needed, and then
 * many images can be explained.
 * @throws FoveaError `bad-input` for options that are none, `unknown-name` for a method or layer that there is not,
 *   `unsupported-operator` where a gradient is needed and there is none
 */
export async function createExplainer(model: Model, options: ExplainerOptions): Promise<Explainer> {
  checkArguments(model, options);
  checkExplainerOptions(options);
  const { layers, fusion, augment, ...single } = options;
  const all = (layers ?? [options.layer]).map((layer) =>
    namingGradientFree(() => layerExplainer(model, { ...single, ...(layer === undefined ? {} : { layer }) })),
  );
  const [first] = all;
  const explainer = layers || first === undefined ? fusedExplainer(all, fusion) : first;
  return closable(augment ? augmentedExplainer(explainer, augment === true ? {} : augment) : explainer);
}

/** Refuses other values than a model and options, such as one in the place of the other. */
function checkArguments(model: Model, options: ExplainerOptions): void {
  if (typeof model !== "object" || model === null || !("graph" in model))
    throw new FoveaError("bad-input", `createExplainer: model: expected an opened model, got ${shortened(model)}`);
  const runtime: unknown = typeof options === "object" && options !== null ? options.runtime : options;
  if (typeof runtime !== "object" || runtime === null || !("open" in runtime))
    throw new FoveaError(
      "bad-input",
      `createExplainer: options.runtime: expected a runtime, got ${shortened(runtime)}`,
    );
}

/** Refuses work when it is closed, and closes when its work is done. */
function closable(explainer: Explainer): Explainer {
  const lifetime = new Lifetime("explainer");
  return {
    ...explainer,
    explain: (images, options) => lifetime.run(() => explainer.explain(images, options)),
    classify: (images) => lifetime.run(() => explainer.classify(images)),
    close: () => lifetime.close(() => explainer.close()),
  };
}

/** Of one layer, for images as they are. */
function layerExplainer(model: Model, options: ExplainerOptions): Explainer {
  const { runtime, against = false } = options;
  const method = chosenMethod(options.method);
  const layer = explainedLayer(method, model, options.layer ?? "auto", options);
  checkNumbers(method, options);
  checkStart(method, model, options);
  const runner = methodRunner(model, layer, method, options);
  refuseEndlessLoops(runner.graphs.whole, Number.POSITIVE_INFINITY);
  const classifier = createClassifier(model, { runtime });
  return {
    model,
    layer,
    method,
    options,
    graphs: runner.graphs,
    notes: [...model.notes, ...explanationNotes(model, layer, method), ...startNotes(method, model, options)],
    async explain(images, how = {}) {
      checkImages(model, images);
      checkExplainOptions(how);
      const classes = await explainedClasses(classifier, images, how);
      const results = await runner.run(images, classes, how);
      return explanationOf({ layer, against, classNames: model.card.classes }, results);
    },
    classify: (images) => classifier.classify(images),
    close: () => closeAll([classifier, runner]),
  };
}

function chosenMethod(method: string | CamMethod = defaultMethod): CamMethod {
  if (typeof method === "string") return methodNamed(method);
  if (typeof method === "object" && method !== null && "needsGradient" in method) return method;
  throw new FoveaError("bad-input", `method: expected a name or a method, got ${shortened(method)}`);
}

function methodRunner(model: Model, layer: Layer, method: CamMethod, options: ExplainerOptions): Runner {
  if (isPassMethod(method)) return passRunner(model, layer, method, options);
  if ("build" in method) return graphRunner(model, layer, method, options);
  return sampledRunner(model, layer, method, options);
}

/** Refuses numbers that are none, and channels to choose where a method does not go through them. */
function checkNumbers(method: CamMethod, { samples, topChannels, noise, superpixels }: ExplainerOptions): void {
  for (const [option, value] of Object.entries({ samples, topChannels, superpixels })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw badInput(option, "a whole number from 1 on", value);
  }
  const most = "sampling" in method ? mostDifferentiated : mostSamples;
  if (samples !== undefined && samples > most) throw badInput(`samples of ${method.name}`, `at most ${most}`, samples);
  if (noise !== undefined) checkNoise(method, noise);
  if (superpixels !== undefined) checkSuperpixels(method, superpixels);
  if (topChannels === undefined || (isPassMethod(method) && method.at !== "image")) return;
  const what = `${method.name}, which does not run the network for each channel`;
  throw new FoveaError("bad-input", `topChannels: expected none for the method ${what}`);
}

function checkSuperpixels(method: CamMethod, superpixels: number): void {
  if (!takesSuperpixels(method))
    throw new FoveaError("bad-input", `superpixels: expected none for the method ${method.name}, which masks none`);
  if (superpixels > mostSuperpixels) throw badInput("superpixels", `at most ${mostSuperpixels}`, superpixels);
}

function checkNoise(method: CamMethod, noise: number): void {
  if (!takesNoise(method))
    throw new FoveaError(
      "bad-input",
      `noise: expected none for the method ${method.name}, which puts none on the image`,
    );
  if (!(noise >= 0 && noise <= mostNoise)) throw badInput("noise", `a number from 0 to ${mostNoise}`, noise);
}

/** Refuses a baseline that is none, and one for a method that starts from none. */
function checkStart(method: CamMethod, model: Model, { baseline }: ExplainerOptions): void {
  if (baseline === undefined) return;
  if (baselinesOf(method).length > 0) checkBaseline(method, model, baseline);
  else
    throw new FoveaError("bad-input", `baseline: expected none for the method ${method.name}, which starts from none`);
}

function startNotes(method: CamMethod, model: Model, options: ExplainerOptions): string[] {
  return baselinesOf(method).length > 0 ? baselineNotes(method, model, options) : [];
}

/** @param results of the K explained classes */
function explanationOf(
  about: Pick<Explanation, "layer" | "against" | "classNames">,
  results: readonly ClassResult[],
): Explanation {
  const [first] = results;
  if (first === undefined) throw new Error("internal: no class was explained");
  const [attributed, total] = [stacked(results, "attributed"), stacked(results, "total")];
  const explained = results.map((result) => numbers(result.explained));
  const predicted = numbers(first.predicted);
  return createExplanation({
    layer: about.layer,
    against: about.against,
    classNames: about.classNames,
    scores: first.scores,
    probabilities: first.probabilities,
    predicted,
    classes: predicted.map((_, i) => explained.map((row) => at(row, i))),
    maps: stackMaps(results.map(({ map }) => map)),
    evidence: stackMaps(results.map(({ evidence }) => evidence)),
    exact: first.exact && stackMaps(results.flatMap(({ exact }) => exact ?? [])),
    weights: stacked(results, "weights"),
    activation: first.activation,
    gradient: stacked(results, "gradient"),
    attribution: stacked(results, "attribution"),
    magnitude: stacked(results, "magnitude"),
    completeness: attributed && total && { attributed, total },
    neglected: first.neglected && numbers(first.neglected),
  });
}

type Stacked = "weights" | "gradient" | "attribution" | "magnitude" | "attributed" | "total";

/** A field of the results of K classes as [N, K, ...]; undefined where they have none. */
function stacked(results: readonly ClassResult[], field: Stacked): Tensor | undefined {
  const first = results[0]?.[field];
  if (first === undefined) return undefined;
  return stackClasses(results.length === 1 ? [first] : results.flatMap((result) => result[field] ?? []));
}

/** K tensors [N, ...] to one [N, K, ...]; that of a single one shares its elements. */
function stackClasses(tensors: readonly Tensor[]): Tensor {
  const [first = new Tensor("float32", [0], new Float32Array())] = tensors;
  const [count = 0, ...sizes] = first.dims;
  if (tensors.length === 1) return first.reshape([count, 1, ...sizes]);
  const size = first.size / Math.max(count, 1);
  const all = new Float32Array(first.size * tensors.length);
  for (let i = 0; i < count; i++) {
    tensors.forEach((tensor, k) => {
      all.set(floats(tensor).subarray(i * size, (i + 1) * size), (i * tensors.length + k) * size);
    });
  }
  return new Tensor("float32", [count, tensors.length, ...sizes], all);
}

/** K maps [N, 1, h, w] to one [N, K, h, w]; a single one is that already. */
function stackMaps(maps: readonly Tensor[]): Tensor {
  if (maps.length === 1) return at(maps, 0);
  const stacked = stackClasses(maps);
  const [count = 0, classes = 0, , ...sizes] = stacked.dims;
  return stacked.reshape([count, classes, ...sizes]);
}
