/** @file Gathers and renders a report on the machine's own runtime and encoder. */

import { readFileSync } from "node:fs";
import type { Dataset } from "../data/index.js";
import { createAttack } from "../evaluate/index.js";
import { encodePngDataUrl } from "../image/node.js";
import { nodeRuntime } from "../node.js";
import {
  type CollectedReport,
  collectReport,
  collectRobustness,
  type ReportData,
  type ReportedModel,
  renderReport,
  type TrainingReport,
} from "../report/index.js";
import type { EpochRecord, TrainingSettings } from "../train/index.js";
import { type NamedModel, prepareImages } from "./models.js";

export interface MakeReportOptions {
  readonly title?: string | undefined;
  readonly errors?: number;
  readonly layer?: string;
  /** Also attack the models. Default false. */
  readonly attack?: boolean;
  /** The commands that make this report again. */
  readonly commands: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The models' training is taken from their metadata. */
export async function makeReport(
  models: readonly NamedModel[],
  dataset: Dataset,
  options: MakeReportOptions,
): Promise<{ data: ReportData; html: string }> {
  const { title, errors, layer = "auto", commands, onProgress } = options;
  const reported = [];
  for (const { name, model } of models) {
    const explainer = await model.explainer({ layer });
    reported.push({ name, explainer, training: trainingOf(model.card.provenance) });
  }
  const collected = await collectReport(reported, dataset, {
    encode: encodePngDataUrl,
    prepare: prepareImages,
    ...(errors === undefined ? {} : { errors }),
    ...(onProgress ? { onProgress } : {}),
  });
  const attacked = options.attack ? await withRobustness(collected, reported, dataset) : collected;
  for (const { explainer } of reported) await explainer.close();
  const trained = models.flatMap(({ model }) =>
    model.card.provenance?.command ? [String(model.card.provenance.command)] : [],
  );
  const data: ReportData = {
    title: title ?? `${new Intl.ListFormat("en-GB").format(models.map(({ name }) => name))} on ${dataset.name}`,
    date: new Date().toISOString().slice(0, 10),
    ...attacked,
    reproduce: {
      commands: [...trained, ...commands],
      seed: [...new Set(models.map(({ model }) => model.card.provenance?.seed ?? "unknown"))].join(", "),
      versions: [
        { name: "fovea", version: manifest.version },
        { name: nodeRuntime.name.split(" ")[0] as string, version: nodeRuntime.name.split(" ")[1] as string },
        { name: "node", version: process.versions.node },
      ],
      notes: ["The same seed gives the same weights, bit for bit, on the same kind of machine."],
    },
  };
  return { data, html: renderReport(data) };
}

/** The models with what attacks do to them. */
async function withRobustness(
  { models, ...rest }: CollectedReport,
  reported: readonly ReportedModel[],
  dataset: Dataset,
): Promise<CollectedReport> {
  const tested = [];
  for (const [i, model] of models.entries()) {
    const { explainer } = reported[i] as ReportedModel;
    const attack = await createAttack(explainer.model, { runtime: nodeRuntime });
    const how = { attack, encode: encodePngDataUrl, prepare: prepareImages };
    tested.push({ ...model, robustness: await collectRobustness(explainer, dataset.test, how) });
    await attack.close();
  }
  return { ...rest, models: tested };
}

/** What `fovea train` stored with the model. */
function trainingOf(provenance: Readonly<Record<string, unknown>> | undefined): TrainingReport | undefined {
  const settings = provenance?.settings as TrainingSettings | undefined;
  const history = provenance?.history as EpochRecord[] | undefined;
  if (settings === undefined || history === undefined) return undefined;
  const { augmentation } = settings;
  const amounts =
    augmentation &&
    `turned up to ${round(augmentation.rotate)}°, shifted ${round(augmentation.shift)} px, scaled ${round(100 * augmentation.scale)} %, sheared ${round(augmentation.shear)}, bent ${round(augmentation.elastic)} px`;
  return {
    optimiser: `${settings.optimizer}, weight decay ${settings.weightDecay}${settings.labelSmoothing > 0 ? `, label smoothing ${settings.labelSmoothing}` : ""}`,
    schedule: `${settings.schedule}, peak ${settings.learningRate}`,
    batchSize: settings.batchSize,
    augmentation: amounts ?? "none",
    seed: settings.seed,
    seconds: history.reduce((total, { seconds }) => total + seconds, 0),
    history: history.map(({ validationLoss, validationAccuracy, ...rest }) => ({
      ...rest,
      ...(validationLoss === null ? {} : { validationLoss }),
      ...(validationAccuracy === null ? {} : { validationAccuracy }),
    })),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
