/** @file Gathers and renders a report on the machine's own runtime and encoder. */

import { createAttack } from "../../evaluate/attack/attack.js";
import { metrics as allMetrics } from "../../evaluate/metrics/index.js";
import { createTrustStudy } from "../../evaluate/studies/trust-study.js";
import type { ImageExplainer } from "../../explain/loaded-model.js";
import { defaultMethod } from "../../explain/method.js";
import { FoveaError } from "../../foundation/error.js";
import { list } from "../../foundation/words.js";
import { encodePngDataUrl, encodeWebpDataUrl } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import {
  type CollectedReport,
  type Collection,
  collectReport,
  type FailedImage,
} from "../../report/collect/collect-report.js";
import { collectRobustness } from "../../report/collect/collect-robustness.js";
import { collectTrust } from "../../report/collect/collect-trust.js";
import type { ObservationStore } from "../../report/collect/observe/observe.js";
import type { ReportedData } from "../../report/collect/report-images.js";
import type { ReportedModel } from "../../report/collect/study.js";
import { trainingOf } from "../../report/collect/training-of.js";
import { renderReport } from "../../report/page/render-report.js";
import type { ReportData } from "../../report/report-data.js";
import type { NamedModel } from "../inputs/models.js";
import { platform, runtime } from "../platform.js";

export interface MakeReportOptions {
  readonly title?: string | undefined;
  readonly errors?: number;
  readonly layer?: string;
  readonly method?: string;
  /** Also attack the models. Default false. */
  readonly attack?: boolean;
  /** Also measure how far their maps can be trusted. Default false. */
  readonly trust?: boolean;
  /** For each model, the class of the data that each of its own is. Default the same, in the same order. */
  readonly classes?: readonly (readonly number[])[];
  /** Makes a store that keeps the observations of a model. Default none. */
  readonly storeFor?: ((named: NamedModel, explainer: ImageExplainer) => ObservationStore) | undefined;
  /** The commands that make this report again. */
  readonly commands: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

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
  const { title, errors, layer = "auto", method = defaultMethod, commands, classes, storeFor, onProgress } = options;
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
  const attacked = options.attack ? await withRobustness(collection, reported) : collection.report;
  const collected = options.trust ? await withTrust(attacked, collection, reported) : attacked;
  for (const { explainer } of reported) await explainer.close();
  const trained = models.flatMap(({ model }) =>
    model.card.provenance?.command ? [String(model.card.provenance.command)] : [],
  );
  const data: ReportData = {
    title: title ?? `${list(models.map(({ name }) => name))} on ${reportedData.name}`,
    date: new Date().toISOString().slice(0, 10),
    ...collected,
    reproduce: {
      commands: [...trained, ...commands],
      seed: [...new Set(models.map(({ model }) => model.card.provenance?.seed ?? "unknown"))].join(", "),
      versions: platform.versions,
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
    const attack = await createAttack(attacked.explainer.model, { runtime });
    tested.push({ ...model, robustness: await collectRobustness(attacked, images, { attack, encode }) });
    await attack.close();
  }
  return { ...report, models: tested };
}

/** The report with what its models' maps are worth. Where the object is, the bias section measures. */
async function withTrust(
  report: CollectedReport,
  { images }: Collection,
  reported: readonly ReportedModel[],
): Promise<CollectedReport> {
  const metrics = allMetrics.filter(({ kind }) => kind !== "localisation");
  const models = [];
  for (const [i, model] of report.models.entries()) {
    const own = reported[i] as ReportedModel;
    const { explainer } = own;
    const study = await createTrustStudy(explainer.model, { runtime, methods: [explainer], metrics });
    try {
      models.push({ ...model, trust: await collectTrust(own, images, { study }) });
    } finally {
      await study.close();
    }
  }
  return { ...report, models };
}
