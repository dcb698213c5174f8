/** @file Makes a report: models measured and explained on the same images, as one HTML file, the same on Node and in a page. */

import { createAttack } from "../evaluate/attack/attack.js";
import { faithfulMethod } from "../explain/faithful/faithful-method.js";
import type { ImageExplainer, LoadedModel } from "../explain/loaded-model.js";
import { defaultMethod } from "../explain/method.js";
import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { list } from "../foundation/words.js";
import type { Protocol } from "../improve/protocol/parse-protocol.js";
import { factInWords } from "../model/card.js";
import type { Platform } from "../model/platform.js";
import { recipeWords } from "../model/preprocessing/trial-words.js";
import { collectImprovement } from "./collect/collect-improvement.js";
import { type Collection, collectReport, type FailedImage } from "./collect/collect-report.js";
import { collectRobustness } from "./collect/collect-robustness.js";
import { collectTrust } from "./collect/collect-trust.js";
import type { Encode } from "./collect/draw.js";
import type { ObservationStore } from "./collect/observe/observe.js";
import type { ReportedData } from "./collect/report-images.js";
import type { ReportedModel } from "./collect/study.js";
import { trainingOf } from "./collect/training-of.js";
import { withoutMisled } from "./improvement/subject.js";
import { renderReport } from "./page/render-report.js";
import type { ModelReport, ReportData, ReproduceReport } from "./report-data.js";

/** A model with its name in the report. */
export interface NamedModel {
  readonly name: string;
  readonly model: LoadedModel;
}

/** What a report shows, and how it is made. */
export interface MakeReportOptions<Named extends NamedModel = NamedModel> {
  /** Computes and writes pictures; its `versions` are printed. */
  readonly platform: Platform;
  /** When the report is made, printed as given, e.g. `2026-01-31`. */
  readonly date: string;
  /** How models and data are called on a command line, without folders. Default: placeholders. */
  readonly names?: ReportData["names"];
  /** The commands that make this report again, after those that trained the models. */
  readonly commands: readonly string[];
  /** Default: that the same seed gives the same weights. */
  readonly notes?: readonly string[];
  /** Default: the models on the data. */
  readonly title?: string | undefined;
  /** How many errors of each model to show. Default 48. */
  readonly errors?: number;
  /** Default `auto`. */
  readonly layer?: string;
  /** Default `grad-cam`. */
  readonly method?: string;
  /** Also attack the models. Default false. */
  readonly attack?: boolean;
  /** Also measure how far their maps can be trusted. Default false. */
  readonly trust?: boolean;
  /** What `fovea improve` found of the last of the models, or of the model that it improves. Default: nothing. */
  readonly protocol?: Protocol | undefined;
  /** For each model, the class of the data that each of its own is. Default: the same, in the same order. */
  readonly classes?: readonly (readonly number[])[] | undefined;
  /** Gives the store that keeps the observations of a model. Default: nothing is kept. */
  readonly storeFor?: ((named: Named, explainer: ImageExplainer) => ObservationStore) | undefined;
  /** Called as images are done, over all models. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal?: AbortSignal;
}

export interface MadeReport {
  readonly data: ReportData;
  readonly html: string;
  /** Images that are not in the report. */
  readonly failed: readonly FailedImage[];
}

/**
 * Measures, explains and compares models, each with the one before it. Their training is taken from their metadata.
 * @throws FoveaError `bad-input` where none of the images can be explained, or where models of other classes are to be attacked; as
 *   `createExplainer` does; the reason of `signal`'s abort
 */
export async function makeReport<Named extends NamedModel>(
  models: readonly Named[],
  data: ReportedData,
  options: MakeReportOptions<Named>,
): Promise<MadeReport> {
  const { platform, title = `${list(models.map(({ name }) => name))} on ${data.name}`, date } = options;
  if (options.attack) checkAttackable(models, data);
  const encode = encoder(platform);
  const reported: ReportedModel[] = [];
  try {
    for (const [i, named] of models.entries()) reported.push(await reportedModel(named, options.classes?.[i], options));
    const { errors, onProgress, signal } = options;
    const collection = await collectReport(reported, data, {
      encode,
      ...(errors === undefined ? {} : { errors }),
      ...(onProgress ? { onProgress } : {}),
      ...(signal ? { signal } : {}),
    });
    const { report, failed } = collection;
    let reportedModels = report.models;
    signal?.throwIfAborted();
    if (options.attack) reportedModels = await withRobustness(reportedModels, collection, reported, platform);
    signal?.throwIfAborted();
    if (options.trust) reportedModels = await withTrust(reportedModels, collection, reported, platform);
    const improvement =
      options.protocol && (await collectImprovement(options.protocol, at(reported, 0), collection.images, encode));
    const heeded = improvement ? withoutMisled(reportedModels, improvement) : reportedModels;
    const complete = {
      ...{ title, date, ...report, models: heeded, reproduce: reproduceReport(models, options) },
      ...(options.names ? { names: options.names } : {}),
      ...(improvement ? { improvement } : {}),
    };
    return { data: complete, html: renderReport(complete, await platform.fonts?.()), failed };
  } finally {
    for (const { explainer, acting } of reported) {
      if (acting !== explainer) await acting?.close();
      await explainer.close();
    }
  }
}

async function reportedModel<Named extends NamedModel>(
  named: Named,
  classes: readonly number[] | undefined,
  { layer = "auto", method = defaultMethod, storeFor }: MakeReportOptions<Named>,
): Promise<ReportedModel> {
  const { name, model } = named;
  const explainer = await model.explainer({ layer, method });
  const acting = await actingExplainer(model, explainer, layer);
  const store = storeFor?.(named, acting);
  return { name, explainer, acting, training: trainingOf(model.card.provenance), classes, store };
}

/** Of the faithful method; the explainer itself where that is it, or where the network has no gradient. */
async function actingExplainer(model: LoadedModel, explainer: ImageExplainer, layer: string): Promise<ImageExplainer> {
  const method = faithfulMethod(model, layer);
  if (method === explainer.method.name) return explainer;
  try {
    return await model.explainer({ layer, method });
  } catch (error) {
    if (error instanceof FoveaError && error.code === "unsupported-operator") return explainer;
    throw error;
  }
}

/** Longest side of pictures that are written without losses: their pixels are seen one by one. */
const smallSide = 128;

/** Pictures as a report holds them. */
export function encoder({ encodeDataUrl }: Platform): Encode {
  return (picture) => encodeDataUrl(picture, Math.max(picture.width, picture.height) <= smallSide ? "png" : "webp");
}

const sameSeed = "The same seed gives the same weights, bit for bit, on the same kind of machine.";

function reproduceReport(
  models: readonly NamedModel[],
  { platform, commands, notes = [sameSeed] }: Pick<MakeReportOptions, "platform" | "commands" | "notes">,
): ReproduceReport {
  const provenance = models.map(({ model }) => model.card.provenance);
  const trained = provenance.flatMap((each) => (typeof each?.command === "string" ? [each.command] : []));
  const seeds = new Set(provenance.map((each) => factInWords(each?.seed)));
  const recipes = models.flatMap(({ name, model }) =>
    model.trial?.surer === undefined ? [] : [`${name}: ${recipeWords(model)}`],
  );
  return {
    commands: [...trained, ...commands],
    seed: [...seeds].join(", "),
    versions: platform.versions,
    notes: [...notes, ...recipes],
  };
}

/** @throws FoveaError `bad-input` for a model of other classes: an attack on it is not away from the class that the data name */
function checkAttackable(models: readonly NamedModel[], { classes, ownClasses = classes.length, name }: ReportedData) {
  if (classes.length === ownClasses) return;
  const got = `others, such as "${classes[ownClasses]}"`;
  throw new FoveaError(
    "bad-input",
    `--attack: ${models.map((each) => each.name).join(", ")}: expected the classes of ${name} alone, got ${got}`,
  );
}

async function withRobustness(
  models: readonly ModelReport[],
  { images }: Collection,
  reported: readonly ReportedModel[],
  platform: Platform,
): Promise<ModelReport[]> {
  const tested: ModelReport[] = [];
  for (const [i, model] of models.entries()) {
    const attacked = at(reported, i);
    const attack = await createAttack(attacked.explainer.model, { runtime: platform.runtime });
    try {
      const encode = encoder(platform);
      tested.push({ ...model, robustness: await collectRobustness(attacked, images, { attack, encode }) });
    } finally {
      await attack.close();
    }
  }
  return tested;
}

/** Where the object is, the bias section measures. */
async function withTrust(
  models: readonly ModelReport[],
  { images }: Collection,
  reported: readonly ReportedModel[],
  { runtime }: Platform,
): Promise<ModelReport[]> {
  // Few reports measure it.
  const { metrics: allMetrics } = await import("../evaluate/metrics/index.js");
  const { createTrustStudy } = await import("../evaluate/studies/trust-study.js");
  const metrics = allMetrics.filter(({ kind }) => kind !== "localisation");
  const tested: ModelReport[] = [];
  for (const [i, model] of models.entries()) {
    const { explainer } = at(reported, i);
    const study = await createTrustStudy(explainer.model, { runtime, methods: [explainer], metrics });
    try {
      tested.push({ ...model, trust: await collectTrust(at(reported, i), images, { study }) });
    } finally {
      await study.close();
    }
  }
  return tested;
}
