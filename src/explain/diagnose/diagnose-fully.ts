/** @file Why a map cannot be read: the place in the network, and a layer or method that was tried and works. */

import { FoveaError } from "../../foundation/error.js";
import { stackedRows } from "../../image/map/grid-map.js";
import { className } from "../../model/class-names.js";
import { stages } from "../../model/layers/choose-layer.js";
import { explainableLayers } from "../../model/layers/find-layers.js";
import { type Layer, layerSize } from "../../model/layers/layer.js";
import { gridOf } from "../../model/layers/layout.js";
import { rowsOf } from "../../model/run/batches.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { createExplainer } from "../explainer.js";
import { type Explanation, gridMapIn } from "../explanation.js";
import { diagnosisOf } from "../maps.js";
import { type CamMethod, isPassMethod } from "../method.js";
import { hiresCam } from "../methods/hires-cam.js";
import { methods as allMethods } from "../methods/index.js";
import type { Explainer, ExplainerOptions, RunOptions } from "../options.js";
import { diagnose, type MapCondition, type MapDiagnosis, type MapFacts, smallestEffect } from "./diagnose.js";
import {
  type Cause,
  cancellation,
  deadChannels,
  lossOfGradient,
  normalisationBehind,
  onlyBesideTheGrid,
  overflow,
  pooledBefore,
} from "./diagnose-cause.js";
import { probe } from "./diagnose-probe.js";

/** A change to try; one of these. */
export interface Suggestion {
  /** Name of a layer. */
  readonly layer?: string;
  /** Name of a method. */
  readonly method?: string;
  /** Evidence against the class, or for it. */
  readonly against?: boolean;
  readonly class?: "predicted";
}

/** Why a map cannot be read, and changes to try. */
export interface Diagnosis extends MapDiagnosis {
  /** Where the map was lost, if it was found. */
  readonly cause?: Cause;
  /** Changes that give a fine map for this image and class, best first; empty where none of those tried does. */
  readonly suggestions: readonly Suggestion[];
}

export interface DiagnoseFullyOptions extends Pick<RunOptions, "signal"> {
  /** Which image of the explanation. Default 0. */
  readonly i?: number;
  /** Which of its explained classes. Default 0. */
  readonly k?: number;
  /** Methods to suggest from. Default all. */
  readonly methods?: readonly CamMethod[];
}

/** Layers that are tried at most: each costs a session and a run. */
const mostTrials = 6;
/** Channels in a trial of a method that runs the network for each: enough to see whether there is a map. */
const fewChannels = 16;
/**
 * Looks closer at the map of image i for its k-th explained class, where `diagnosisOf` finds that it cannot be read: runs
 * the network again with its inner values, and tries other layers. A map that is fine costs nothing.
 * @param images the explained images
 * @throws FoveaError `bad-input` for an image or class that the explanation does not hold; the reason of `signal`'s abort
 */
export async function diagnoseFully(
  explainer: Explainer,
  images: Tensor,
  explanation: Explanation,
  { i = 0, k = 0, methods = allMethods, signal }: DiagnoseFullyOptions = {},
): Promise<Diagnosis> {
  const observation = diagnosisOf(explanation, i, k);
  if (observation.condition === "fine") return { ...observation, suggestions: [] };
  if (observation.condition === "averaged")
    return { ...observation, suggestions: exactIsFine(explanation, i, k) ? [{ method: hiresCam.name }] : [] };
  const { predicted, classes } = explanation.at(i);
  const { index = predicted.index } = classes[k] ?? {};
  const subject: Subject = { explainer, image: rowsOf(images, i, 1), index, predicted: predicted.index, signal };
  const diagnosis = await findCause(subject, observation);
  if (diagnosis.condition === "fine") return { ...diagnosis, suggestions: [] };
  const suggestions = await findRemedies(subject, diagnosis, methods);
  const advice = adviceOf(subject, diagnosis.condition, suggestions);
  const text = [diagnosis.text, diagnosis.cause?.text ?? "", advice].filter((part) => part !== "").join(" ");
  return { ...diagnosis, text, suggestions };
}

/** Whether the exact map, which the explanation holds, can be read. */
function exactIsFine({ exact }: Explanation, i: number, k: number): boolean {
  return exact !== undefined && diagnose(stackedRows(gridMapIn(exact, i, k))).condition === "fine";
}

/** The map that cannot be read: of one class of one image. */
interface Subject extends Pick<RunOptions, "signal"> {
  readonly explainer: Explainer;
  /** [1, ...] */
  readonly image: Tensor;
  /** Of the explained class. */
  readonly index: number;
  /** Of the predicted class. */
  readonly predicted: number;
}

type Found = MapDiagnosis & { readonly cause?: Cause };

/** The condition with its cause, which decides cases that the map leaves open. */
async function findCause(subject: Subject, observation: MapDiagnosis): Promise<Found> {
  const { explainer, image, index } = subject;
  const { model, layer } = explainer;
  switch (observation.condition) {
    case "not-finite":
      return { ...observation, cause: overflow(await probe(explainer, image, index), model, layer) };
    case "cancelled-terms":
      return { ...observation, cause: normalisationBehind(model, layer) };
    case "no-gradient":
    case "silent-layer":
    case "no-evidence":
      return explainNoEvidence(subject, observation);
    case "constant": {
      const cause = pooledBefore(model, layer);
      return cause ? { ...observation, cause } : observation;
    }
    default:
      return observation;
  }
}

async function explainNoEvidence(subject: Subject, observation: MapDiagnosis): Promise<Found> {
  const { explainer, image, index, signal } = subject;
  const { model, layer, method, options } = explainer;
  if (!method.needsGradient) return observation;
  const inside = await createExplainer(model, { ...options, method, include: ["activation", "gradient"] });
  try {
    const { activation, gradient, weights } = await inside.explain(image, { classes: [index], signal });
    if (activation === undefined || gradient === undefined) return observation;
    const g = floats(gradient);
    const effect = floats(activation).reduce((sum, value, at) => sum + Math.abs(value * (g[at] ?? 0)), 0);
    const moves = effect >= smallestEffect * Math.abs(observation.facts.score ?? 0) && effect > 0;
    if (moves) {
      const cause = weights && cancellation(g, floats(weights));
      if (cause) return { ...observation, condition: "no-gradient", cause };
      if (observation.condition === "no-gradient") return { ...observation, condition: "fine", text: "" };
    }
    const arrives = g.some((value) => value !== 0);
    if (observation.condition === "silent-layer" || (observation.condition === "no-evidence" && arrives)) {
      return { ...observation, condition: "silent-layer", cause: deadChannels(activation) };
    }
    const probed = await probe(explainer, image, index);
    const cause = onlyBesideTheGrid(layer, probed.gradients.get(layer.name), g) ?? lossOfGradient(probed, layer);
    return { ...observation, condition: "no-gradient", ...(cause ? { cause } : {}) };
  } finally {
    await inside.close();
  }
}

/** Tries other methods, layers and classes, and suggests the first of each that gives a map. */
async function findRemedies(
  subject: Subject,
  { condition, cause, facts }: Found,
  methods: readonly CamMethod[],
): Promise<Suggestion[]> {
  const { explainer, index, predicted } = subject;
  if (condition === "not-finite" && !Number.isFinite(facts.score)) return [];
  const firstFine = async (trials: readonly Suggestion[]): Promise<Suggestion[]> => {
    for (const trial of trials.slice(0, mostTrials)) {
      if (await isFine(subject, trial, methods)) return [trial];
    }
    return [];
  };
  const helping = methods
    .filter(({ helpsAgainst = [] }) => helpsAgainst.some((loss) => loss === cause?.kind))
    .map(({ name }) => ({ method: name }));
  const layers = otherLayers(explainer, condition, facts).map((layer) => ({ layer }));
  if (condition !== "all-against" && condition !== "mostly-against") return firstFine([...helping, ...layers]);
  const { against = false } = explainer.options;
  const turned = await firstFine([{ against: !against }]);
  if (index !== predicted) return [...turned, ...(await firstFine([{ class: "predicted" }]))];
  // The predicted class has evidence at some layer; if this layer's is against it, the layer is at fault.
  return against ? turned : [...(await firstFine(layers)), ...turned];
}

/** For a map that cannot say where, the finer stages, the next one first; else all other stages from the last. */
function otherLayers(
  { model, layer, options }: Explainer,
  condition: MapCondition,
  { height, width }: MapFacts,
): string[] {
  const coarse = ["constant", "flat", "single-pixel", "coarse"].includes(condition);
  const finer = ({ layout, dims }: Layer) =>
    !(gridOf(layout, dims).sizes.reduce<number>((product, size) => product * Number(size), 1) <= height * width);
  try {
    return stages(model, options)
      .filter((other) => other.name !== layer.name && (!coarse || finer(other)))
      .map(({ name }) => name);
  } catch (error) {
    // In some transformers no layer's places reach the scores.
    if (error instanceof FoveaError) return [];
    throw error;
  }
}

async function isFine(
  { explainer, image, index, predicted, signal }: Subject,
  { class: other, method, ...changed }: Suggestion,
  methods: readonly CamMethod[],
): Promise<boolean> {
  signal?.throwIfAborted();
  const tried = methods.find(({ name }) => name === method) ?? explainer.method;
  const options: ExplainerOptions = {
    ...explainer.options,
    layer: explainer.layer.name,
    method: tried,
    ...(isPassMethod(tried) && tried.at !== "image" ? { topChannels: fewChannels } : {}),
    ...changed,
  };
  let trial: Explainer | undefined;
  try {
    trial = other === undefined ? await createExplainer(explainer.model, options) : explainer;
    const explanation = await trial.explain(image, { classes: [other === undefined ? index : predicted], signal });
    return ["fine", "averaged"].includes(diagnosisOf(explanation, 0).condition);
  } catch (error) {
    // An earlier layer may have operators behind it that have no rule.
    if (error instanceof FoveaError) return false;
    throw error;
  } finally {
    if (trial !== explainer) await trial?.close();
  }
}

function adviceOf(
  { explainer: { model, options }, predicted }: Subject,
  condition: MapCondition,
  suggestions: readonly Suggestion[],
): string {
  const layers = explainableLayers(model, options);
  const parts = suggestions.map(({ layer, method, against }) => {
    if (layer !== undefined) {
      const match = layers.find(({ name }) => name === layer);
      return `layer ${layer}${match ? ` (${layerSize(match)})` : ""} gives a readable map`;
    }
    if (method !== undefined) return `the method ${method} gives a readable map`;
    if (against !== undefined) return `look at what speaks ${against ? "against" : "for"} it instead`;
    return `at the predicted class, ${className(model, predicted)}`;
  });
  if (parts.length > 0) return sentence(parts.join(", or "));
  if (condition === "not-finite") return "Check that the input is scaled as the model expects.";
  return "No other stage that was tried gives a readable map.";
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
