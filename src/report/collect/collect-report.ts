/** @file Runs models over images and gathers all that a report shows. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { defaultColormap, defaultDivergingColormap } from "../../image/map/colormap.js";
import { networkLayers, parameterCount } from "../../model/summary.js";
import type {
  ClassSamples,
  ComparisonReport,
  DataReport,
  LayerReport,
  MapsReport,
  MeanMapReport,
  ModelReport,
  Picture,
} from "../report-data.js";
import { collectAgreement } from "./collect-agreement.js";
import { collectBias } from "./collect-bias.js";
import { collectChanges } from "./collect-changes.js";
import { confidenceOf } from "./confidence.js";
import { type Encode, plain, scaleOf } from "./draw.js";
import { collectErrorGroups } from "./errors/collect-error-groups.js";
import { collectErrors } from "./errors/collect-errors.js";
import { drawnMean, meanMapOf } from "./mean-map.js";
import { type Observation, observeImages } from "./observe/observe.js";
import { type ReportedData, type ReportImages, someOf } from "./report-images.js";
import { keepClasses, type ReportedModel, type Study, studyOf } from "./study.js";

/** The contents of a report, and the encoding of its pictures. */
export interface CollectOptions {
  readonly encode: Encode;
  /** How many errors to show for each model. Default 48. */
  readonly errors?: number;
  /** How many fixed and broken images to show. Default 18 each. */
  readonly changes?: number;
  /** Called as images are done, over all models. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal?: AbortSignal;
}

/** The parts of `ReportData` that are measured. */
export interface CollectedReport {
  readonly data: DataReport;
  readonly models: ModelReport[];
  readonly comparisons: ComparisonReport[];
  readonly maps: MapsReport;
}

/** The collected report, with its images. */
export interface Collection {
  readonly report: CollectedReport;
  /** The images that every model saw: positions in the report are theirs. */
  readonly images: ReportImages;
  /** Images that could not be read or explained, by their position among those given. */
  readonly failed: readonly FailedImage[];
}

export interface FailedImage {
  readonly index: number;
  readonly error: FoveaError;
}

/**
 * Measures and explains every model on the same images, and compares each with the one before it. Images are read one batch
 * at a time; of each only a thumbnail, a small map and numbers are kept.
 * @throws FoveaError `bad-input` where none of the images can be explained; the reason of `signal`'s abort
 */
export async function collectReport(
  models: readonly ReportedModel[],
  data: ReportedData,
  options: CollectOptions,
): Promise<Collection> {
  const { encode } = options;
  const { observed, failed } = await observeAll(models, data.images, options);
  const indices = [...Array(data.images.count).keys()].filter((index) => observed.every((each) => each[index]));
  checkSome(indices, failed, data);
  const images = someOf(data.images, indices);
  const labels = Array.from(images.labels);
  const studies = keepClasses(
    models.map((model, i) => {
      const observations = indices.map((index) => at(at(observed, i), index));
      return studyOf(model, observations, labels, data.classes);
    }),
    data.ownClasses ?? data.classes.length,
  );
  const reports: ModelReport[] = [];
  for (const study of studies) reports.push(await modelReport(study, images, options));
  const comparisons: ComparisonReport[] = [];
  for (let after = 1; after < studies.length; after++)
    comparisons.push(await collectChanges(studies, after, images, options.changes ?? 18, encode));
  const maps = {
    method: models[0]?.explainer.method.title ?? "",
    colours: scaleOf(defaultColormap),
    differenceColours: scaleOf(defaultDivergingColormap),
  };
  const about = await dataReport(data, at(studies, 0), images, encode);
  return { report: { data: about, models: reports, comparisons, maps }, images, failed };
}

/** Each model's observations of each image; holes where it failed. */
async function observeAll(models: readonly ReportedModel[], images: ReportImages, options: CollectOptions) {
  const observed: Observation[][] = [];
  const failed = new Map<number, FailedImage>();
  for (const { explainer, acting = explainer, store } of models) {
    const observations: Observation[] = [];
    for await (const { index, observation, error } of observeImages(acting, images, store, options.signal)) {
      if (error) failed.set(index, { index, error });
      else observations[index] = observation;
      options.onProgress?.(observed.length * images.count + index + 1, models.length * images.count);
    }
    observed.push(observations);
  }
  return { observed, failed: [...failed.values()] };
}

function checkSome(kept: readonly number[], [first]: readonly FailedImage[], { name, images }: ReportedData): void {
  if (kept.length > 0) return;
  const why = first ? `: ${images.nameOf(first.index) ?? `image ${first.index}`}: ${first.error.message}` : "";
  throw new FoveaError("bad-input", `${name}: none of ${images.count} images can be explained${why}`);
}

async function modelReport(study: Study, images: ReportImages, options: CollectOptions): Promise<ModelReport> {
  const { model, evaluation } = study;
  const { encode } = options;
  const { graph } = model.explainer.model;
  const bias = await collectBias(study, images, encode);
  const confidence = confidenceOf(study);
  const agreement = await collectAgreement(model, images);
  const layers = networkLayers(graph).map(
    ({ name, operator, shape, parameters }): LayerReport => ({
      name,
      operator,
      shape: shape ?? [],
      parameters,
      explained: name === model.explainer.layer.name,
    }),
  );
  return {
    name: model.name,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(model.training === undefined ? {} : { training: model.training }),
    parameters: parameterCount(graph),
    layers,
    evaluation,
    ...(confidence.report ? { confidence: confidence.report } : {}),
    errors: await collectErrors({ ...study, doubts: confidence.doubts }, images, options.errors ?? 48, encode),
    errorGroups: await collectErrorGroups(study, encode),
    meanMaps: await meanMaps(study, encode),
    ...(agreement ? { agreement } : {}),
    ...(bias ? { bias } : {}),
  };
}

/** Of each class, over the images of it that were classified rightly. */
async function meanMaps({ evaluation, labels, predicted, observations }: Study, encode: Encode) {
  const reports: MeanMapReport[] = [];
  for (const label of evaluation.classes.keys()) {
    const mean = meanMapOf(observations.filter((_, i) => labels[i] === label && predicted[i] === label));
    if (mean) reports.push({ label, count: mean.count, ...(await drawnMean(mean, encode)) });
  }
  return reports;
}

/** How many images of each class are shown as samples. */
const samplesOfClass = 6;
/** Their longest side. */
const sampleSide = 160;

async function dataReport(
  { name, source, counts, image, part }: ReportedData,
  { evaluation: { classes }, labels, model }: Study,
  images: ReportImages,
  encode: Encode,
): Promise<DataReport> {
  const samples: ClassSamples[] = [];
  for (const label of classes.keys()) {
    const members = labels.flatMap((each, i) => (each === label ? [i] : [])).slice(0, samplesOfClass);
    const pictures: Picture[] = [];
    for (const index of members) {
      const { picture } = await images.read(model.explainer.model, index);
      pictures.push(await plain(picture, encode, sampleSide));
    }
    if (pictures.length > 0) samples.push({ label, pictures });
  }
  return { name, source, classes, counts, image, ...(part ? { part } : {}), samples };
}
