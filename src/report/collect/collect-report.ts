/** @file Runs models over images and gathers all that a report shows. */

import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import { defaultColormap, defaultDivergingColormap } from "../../image/map/colormap.js";
import type {
  ClassSamples,
  ComparisonReport,
  DataReport,
  MapsReport,
  MeanMapReport,
  ModelReport,
  Picture,
} from "../report-data.js";
import { collectAgreement } from "./collect-agreement.js";
import { collectBias } from "./collect-bias.js";
import { collectChanges } from "./collect-changes.js";
import { confidenceOf } from "./confidence.js";
import { type Encode, scaleOf } from "./draw.js";
import { collectErrorGroups } from "./errors/collect-error-groups.js";
import { collectErrors } from "./errors/collect-errors.js";
import { liveGallery } from "./gallery/gallery.js";
import { makersOf } from "./gallery/makers.js";
import { checkSome, type FailedImage, type GatherOptions, gatherModels } from "./gather/gather.js";
import type { Gathered, GatheredImages } from "./gather/gathered.js";
import { drawnMean } from "./mean-map.js";
import { byRank } from "./observe/sampled.js";
import type { ReportedData, ReportImages } from "./report-images.js";
import { keepClasses, type ReportedModel, type Study, studyOf } from "./study.js";

/** How much a report shows. */
export interface ShownOptions {
  readonly encode: Encode;
  /** How many errors to show for each model. Default 48. */
  readonly errors?: number | undefined;
  /** How many fixed and broken images to show. Default 18 each. */
  readonly changes?: number | undefined;
}

/** The contents of a report, and the encoding of its pictures. */
export interface CollectOptions extends ShownOptions, GatherOptions {}

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

/**
 * Measures and explains every model on the same images, and compares each with the one before it. Images are read one batch
 * at a time; of each only numbers are kept, and of some a thumbnail and a small map.
 * @throws FoveaError `bad-input` where none of the images can be explained; the reason of `signal`'s abort
 */
export async function collectReport(
  models: readonly ReportedModel[],
  data: ReportedData,
  options: CollectOptions,
): Promise<Collection> {
  const found = await gatherModels(models, data, options);
  checkSome(found, data);
  const { images, failed } = found;
  const rows = found.models.map((each) => each.rows);
  const { encode } = options;
  const gallery = liveGallery(makersOf({ models, images, rows, classes: data.classes, encode }));
  const gathered = { data, images: gatheredImages(images), models: found.models, gallery };
  return { report: await collectGathered(gathered, options), images, failed };
}

/** @param part of a part the chance that an image is in it. Default: these are all */
export function gatheredImages(images: ReportImages, part?: { readonly share: number }): GatheredImages {
  const labels = Array.from(images.labels);
  return {
    labels,
    nameOf: images.nameOf,
    isSample: images.isSample,
    share: part?.share ?? 1,
    isPart: part !== undefined,
    firstByRank: (most) => byRank(images.ranks, most),
  };
}

/** The report of what was gathered: the same for all of a dataset and for its parts together. */
export async function collectGathered(
  { data, images, models, gallery }: Gathered,
  options: ShownOptions,
): Promise<CollectedReport> {
  const studies = keepClasses(
    models.map((model) => studyOf(model, images.labels, data.classes)),
    data.ownClasses ?? data.classes.length,
  );
  const shown: Showing = { images, gallery, options };
  const reports: ModelReport[] = [];
  for (const [i, study] of studies.entries()) reports.push(await modelReport(study, i, shown));
  const comparisons: ComparisonReport[] = [];
  for (let after = 1; after < studies.length; after++)
    comparisons.push(await collectChanges(studies, after, images, options.changes ?? 18, gallery));
  const maps = {
    method: models[0]?.facts.method ?? "",
    colours: scaleOf(defaultColormap),
    differenceColours: scaleOf(defaultDivergingColormap),
  };
  return { data: await dataReport(data, at(studies, 0), shown), models: reports, comparisons, maps };
}

/** What pictures are of, where they come from and how many are shown. */
interface Showing {
  readonly images: GatheredImages;
  readonly gallery: Gathered["gallery"];
  readonly options: ShownOptions;
}

async function modelReport(study: Study, model: number, { images, gallery, options }: Showing): Promise<ModelReport> {
  const { evaluation } = study;
  const { encode } = options;
  const { method: _, acting: __, ...facts } = study.model.facts;
  const bias = await collectBias(study, model, images, gallery);
  const confidence = confidenceOf({ ...study, rows: study.model.rows });
  const agreement = await collectAgreement(study.model, model, images, gallery);
  return {
    ...facts,
    evaluation,
    ...(confidence.report ? { confidence: confidence.report } : {}),
    errors: await collectErrors({ ...study, doubts: confidence.doubts }, model, images, options.errors ?? 48, gallery),
    errorGroups: await collectErrorGroups(study, encode),
    meanMaps: await meanMaps(study, encode),
    ...(agreement ? { agreement } : {}),
    ...(bias ? { bias } : {}),
  };
}

/** Of each class, over the images of it that were classified rightly. */
async function meanMaps({ evaluation, model, ownLabel }: Study, encode: Encode) {
  const reports: MeanMapReport[] = [];
  for (const label of evaluation.classes.keys()) {
    const mean = model.sums.get(ownLabel(label))?.mean();
    if (mean) reports.push({ label, count: mean.count, ...(await drawnMean(mean, encode)) });
  }
  return reports;
}

/** How many images of each class are shown as samples. */
const samplesOfClass = 6;

async function dataReport(
  { name, source, counts, image, part }: Gathered["data"],
  { evaluation: { classes }, labels }: Study,
  { images, gallery }: Showing,
): Promise<DataReport> {
  const candidates = images.firstByRank(Number.POSITIVE_INFINITY).filter(images.isSample);
  const ofClass = groupBy(candidates, (index) => at(labels, index));
  const members = [...classes.keys()].flatMap((label) => (ofClass.get(label) ?? []).slice(0, samplesOfClass));
  const shown = new Map<number, Picture[]>();
  for (const [i, picture] of (await gallery.get("sample", 0, members)).entries()) {
    const label = at(labels, at(members, i));
    shown.set(label, [...(shown.get(label) ?? []), picture]);
  }
  const samples = [...shown].map(([label, pictures]): ClassSamples => ({ label, pictures }));
  return { name, source, classes, counts, image, ...(part ? { part } : {}), samples };
}
