/** @file Trains the last layer of a classifier again, on the features of everything before it. */

import type { Model } from "../../../model/model.js";
import type { Graph } from "../../../onnx/graph.js";
import { headSettings } from "../../../train/network/recipes.js";
import { type TrainingSettings, trainOnExamples } from "../../../train/train.js";
import { type Backbone, extractBackbone } from "../../../train/transfer/backbone.js";
import {
  attachHead,
  extractHead,
  type LinearHead,
  measureFeatures,
  trainableHead,
} from "../../../train/transfer/head.js";
import { retrainLastLayer } from "../../../train/transfer/last-layer.js";
import type { TrainingRun } from "../../subject.js";
import { featuresOf } from "./features.js";
import { headOf, type TrainerKind, type TrainerParts } from "./kind.js";
import { recordedSettings } from "./recorded-settings.js";
import { variedImages } from "./varied.js";

/** Any classifier whose last layer is linear: that layer alone is trained. */
export const lastLayerTrainer: TrainerKind = (model, parts) => {
  const backbone = backboneOf(model);
  if (backbone === undefined || model.classCount === undefined) return undefined;
  const { epochs } = settingsOf(model, 1);
  return {
    budget: `the last layer alone, on ${backbone.width} features of "${backbone.layer}", ${epochs} epochs`,
    guidesMaps: false,
    train: (run) => trainLastLayer(model, parts, run),
  };
};

function backboneOf(model: Model): Backbone | undefined {
  try {
    return extractBackbone(model);
  } catch {
    return undefined;
  }
}

/** The network with its last layer trained again; undefined where the signal ended it. */
export async function trainLastLayer(model: Model, parts: TrainerParts, run: TrainingRun): Promise<Graph | undefined> {
  const backbone = extractBackbone(model);
  const layer = await learnLastLayer(model, backbone, parts, run);
  return layer && attachHead(backbone, layer, headOf(model), model.classCount ?? 0);
}

/**
 * The layer for features of a backbone. With `lastLayer` and groups it is learned on as many images of each group (`retrainLastLayer`);
 * with groups alone they weigh in the loss.
 */
export async function learnLastLayer(
  model: Model,
  backbone: Backbone,
  parts: TrainerParts,
  run: TrainingRun,
): Promise<LinearHead | undefined> {
  const { seed, train, groups, signal, onProgress } = run;
  const { oneByOne, classCount: classes = 0 } = model;
  const varied = { vary: variedImages(run), seed, oneByOne, signal, onProgress };
  const features = await featuresOf(backbone, train, parts, varied);
  if (features === undefined) return undefined;
  const settings = settingsOf(model, seed);
  const options = { runtime: parts.runtime, ...(signal ? { signal } : {}) };
  if (run.lastLayer && groups) {
    return retrainLastLayer(features.train, groups, { classes, settings }, options);
  }
  const scale = await measureFeatures(features.all);
  const own: TrainingSettings = groups ? { ...settings, balance: "groups" } : settings;
  const data = { train: features.train, vary: features.vary, groups };
  const trained = await trainOnExamples(trainableHead(scale, classes, own), data, own, options);
  return trained.finished ? extractHead(trained.graph, scale) : undefined;
}

/** Those that the file records of a head; else a head's usual ones. */
function settingsOf(model: Model, seed: number): TrainingSettings {
  const { provenance } = model.card;
  const recorded = recordedSettings(model);
  const head = headOf(model);
  if (recorded && provenance?.backbone !== undefined && provenance.unfrozen === 0) return { ...recorded, head, seed };
  return headSettings("the model", { seed, head });
}
