/** @file Gathers and renders a report on the machine's own runtime and encoder. */

import { readFileSync } from "node:fs";
import { FoveaError } from "../error.js";
import { createAttack } from "../evaluate/index.js";
import type { Picture } from "../image/index.js";
import { encodePngDataUrl, encodeWebpDataUrl } from "../image/node.js";
import { type ImageExplainer, nodeRuntime } from "../node.js";
import {
  type CollectedReport,
  type Collection,
  collectReport,
  collectRobustness,
  type FailedImage,
  type ObservationStore,
  type ReportData,
  type ReportedData,
  type ReportedModel,
  renderReport,
  type TrainingReport,
} from "../report/index.js";
import type { Augmentation, EpochRecord, TrainingSettings } from "../train/index.js";
import type { NamedModel } from "./models.js";

export interface MakeReportOptions {
  readonly title?: string | undefined;
  readonly errors?: number;
  readonly layer?: string;
  readonly method?: string;
  /** Also attack the models. Default false. */
  readonly attack?: boolean;
  /** For each model, the class of the data that each of its own is. Default the same, in the same order. */
  readonly classes?: readonly (readonly number[])[];
  /** What keeps the findings of a model. Default nothing. */
  readonly storeFor?: ((named: NamedModel, explainer: ImageExplainer) => ObservationStore) | undefined;
  /** The commands that make this report again. */
  readonly commands: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

export const { version: foveaVersion } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

export interface MadeReport {
  readonly data: ReportData;
  readonly html: string;
  /** Images that are not in the report. */
  readonly failed: readonly FailedImage[];
}

/** Small pictures without losses: their pixels are seen one by one. */
const encode = (picture: Picture) =>
  Math.max(picture.width, picture.height) <= 128 ? encodePngDataUrl(picture) : encodeWebpDataUrl(picture);

/** The models' training is taken from their metadata. */
export async function makeReport(
  models: readonly NamedModel[],
  reportedData: ReportedData,
  options: MakeReportOptions,
): Promise<MadeReport> {
  const { title, errors, layer = "auto", method = "grad-cam", commands, classes, storeFor, onProgress } = options;
  if (options.attack) checkAttackable(models, reportedData);
  const reported: ReportedModel[] = [];
  for (const [i, named] of models.entries()) {
    const explainer = await named.model.explainer({ layer, method });
    const training = trainingOf(named.model.card.provenance);
    reported.push({
      name: named.name,
      explainer,
      training,
      classes: classes?.[i],
      store: storeFor?.(named, explainer),
    });
  }
  const collection = await collectReport(reported, reportedData, {
    encode,
    ...(errors === undefined ? {} : { errors }),
    ...(onProgress ? { onProgress } : {}),
  });
  const collected = options.attack ? await withRobustness(collection, reported) : collection.report;
  for (const { explainer } of reported) await explainer.close();
  const trained = models.flatMap(({ model }) =>
    model.card.provenance?.command ? [String(model.card.provenance.command)] : [],
  );
  const data: ReportData = {
    title: title ?? `${new Intl.ListFormat("en-GB").format(models.map(({ name }) => name))} on ${reportedData.name}`,
    date: new Date().toISOString().slice(0, 10),
    ...collected,
    reproduce: {
      commands: [...trained, ...commands],
      seed: [...new Set(models.map(({ model }) => model.card.provenance?.seed ?? "unknown"))].join(", "),
      versions: [
        { name: "fovea", version: foveaVersion },
        { name: nodeRuntime.name.split(" ")[0] as string, version: nodeRuntime.name.split(" ")[1] as string },
        { name: "node", version: process.versions.node },
      ],
      notes: ["The same seed gives the same weights, bit for bit, on the same kind of machine."],
    },
  };
  return { data, html: renderReport(data), failed: collection.failed };
}

/** @throws FoveaError `bad-input` for a model of other classes: an attack on it is not away from what the data call an image */
function checkAttackable(models: readonly NamedModel[], { classes, ownClasses = classes.length, name }: ReportedData) {
  if (classes.length === ownClasses) return;
  const got = `others, such as "${classes[ownClasses]}"`;
  throw new FoveaError(
    "bad-input",
    `--attack: ${models.map((each) => each.name).join(", ")}: expected the classes of ${name} alone, got ${got}`,
  );
}

/** The report with what attacks do to its models. */
async function withRobustness(
  { report, images }: Collection,
  reported: readonly ReportedModel[],
): Promise<CollectedReport> {
  const tested = [];
  for (const [i, model] of report.models.entries()) {
    const attacked = reported[i] as ReportedModel;
    const attack = await createAttack(attacked.explainer.model, { runtime: nodeRuntime });
    tested.push({ ...model, robustness: await collectRobustness(attacked, images, { attack, encode }) });
    await attack.close();
  }
  return { ...report, models: tested };
}

/** What `fovea train` stored with the model. */
function trainingOf(provenance: Readonly<Record<string, unknown>> | undefined): TrainingReport | undefined {
  const settings = provenance?.settings as TrainingSettings | undefined;
  const history = provenance?.history as EpochRecord[] | undefined;
  if (settings === undefined || history === undefined) return undefined;
  return {
    optimiser: `${settings.optimizer}, weight decay ${settings.weightDecay}${settings.labelSmoothing > 0 ? `, label smoothing ${settings.labelSmoothing}` : ""}`,
    schedule: `${settings.schedule}, peak ${settings.learningRate}`,
    batchSize: settings.batchSize,
    augmentation: settings.augmentation ? described(settings.augmentation) : "none",
    seed: settings.seed,
    seconds: history.reduce((total, { seconds }) => total + seconds, 0),
    history: history.map(({ validationLoss, validationAccuracy, ...rest }) => ({
      ...rest,
      ...(validationLoss === null ? {} : { validationLoss }),
      ...(validationAccuracy === null ? {} : { validationAccuracy }),
    })),
  };
}

/** The distortions that there are. */
function described(augmentation: Augmentation): string {
  const { rotate, shift, scale, shear, elastic, flip = 0, crop = 0, colour = 0, erase = 0 } = augmentation;
  const amounts: readonly [number, string][] = [
    [rotate, `turned up to ${round(rotate)}°`],
    [shift, `shifted ${round(shift)} px`],
    [scale, `scaled ${round(100 * scale)} %`],
    [shear, `sheared ${round(shear)}`],
    [elastic, `bent ${round(elastic)} px`],
    [flip, `mirrored ${round(100 * flip)} % of the time`],
    [crop, `up to ${round(100 * crop)} % cut away`],
    [colour, `colours changed up to ${round(100 * colour)} %`],
    [erase, `up to ${round(100 * erase)} % hidden`],
  ];
  const some = amounts.filter(([amount]) => amount > 0);
  return some.length > 0 ? some.map(([, words]) => words).join(", ") : "none";
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
