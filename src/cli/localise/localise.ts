/** @file Measures whether a model's maps find the objects of photos with boxes, and tells the result. */

import { type Photo, type PhotoDataset, reasonOf } from "../../data/photos/photo.js";
import type { ImageExplainer } from "../../explain/loaded-model.js";
import { unknownName } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import { className } from "../../model/class-names.js";
import { layerSize } from "../../model/layers/layer.js";
import { refuseBoxOptions, refuseClassOptions } from "../evaluate/detection/refuse-options.js";
import { photosAt } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import {
  type ClassIndices,
  groupedModel,
  modelClasses,
  type PhotosOfSplit,
  photosOf,
  photosToTry,
} from "../inputs/photos.js";
import { assumptions } from "../inputs/read-input.js";
import { tryModel } from "../inputs/try-model.js";
import type { GroupFlags } from "../options/class-option.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import type { Marked } from "../shards/image-marks.js";
import { sameFacts } from "../shards/rows/facts-of.js";
import { imageRow } from "../shards/rows/image-columns.js";
import { runRows } from "../shards/rows/make-rows.js";
import { byName, identityWith, ownPhotos } from "../shards/rows/photos-of-part.js";
import { marksFor, type RowFlags, refuseRows, rowDestination } from "../shards/rows/row-destination.js";
import type { MadeRows, RowWork } from "../shards/rows/row-work.js";
import { ownUnits, type Shard } from "../shards/shard.js";
import type { Job } from "../terminal/job.js";
import { type LocaliseBoxesFlags, localiseBoxes } from "./boxes/localise-boxes.js";
import { type LocaliseResult, localisePhotos } from "./localise-photos.js";
import {
  type LocaliseOwn,
  type LocaliseSame,
  type localiseColumns,
  localiseCommand,
  localised,
  localiseRow,
} from "./rows/localise-command.js";

export interface LocaliseFlags extends ModelOptions, LayerFlags, GroupFlags, LocaliseBoxesFlags, RowFlags {
  readonly layer: string;
  readonly split?: string;
  readonly tolerance: number;
  readonly batch: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** The photos with the model that is measured on them. */
interface Subject extends PhotosOfSplit, Marked {
  readonly named: NamedModel;
  readonly dataset: PhotoDataset;
  readonly indices: ClassIndices;
}

/** @returns the exit code */
export async function localise(job: Job, path: string, data: string, flags: LocaliseFlags): Promise<number> {
  const destination = rowDestination(flags);
  const opened = await modelAt(job, path, await loadOptions(flags));
  if (opened.model.task.name === "detection") {
    refuseClassOptions(flags);
    refuseRows(destination, "a detector");
    return localiseBoxes(job, opened, data, flags);
  }
  refuseBoxOptions(opened, flags);
  const subject = await subjectOf(job, opened, data, { flags, shard: destination.shard });
  const explainer = await subject.named.model.explainer({ method: flags.method, ...layerOptions(flags) });
  try {
    return await runRows(
      job,
      localiseCommand,
      localiseWork(job, { ...subject, marks: marksFor(destination, subject.photos) }, explainer, flags),
      destination,
    );
  } finally {
    await explainer.close();
  }
}

async function subjectOf(
  job: Job,
  opened: NamedModel,
  data: string,
  { flags, shard }: { readonly flags: LocaliseFlags; readonly shard: Shard | undefined },
): Promise<Subject> {
  const { seed, split, group } = flags;
  const isOwn = ownUnits(shard);
  const dataset = await photosAt(job, data, { seed, undivided: split === "all", isOwn });
  checkGroups(flags, dataset);
  const ofSplit = photosOf(dataset, split);
  const tried = await tryModel(job, opened, photosToTry(dataset, ofSplit.split));
  const named = await groupedModel(tried, dataset, group);
  return { ...ofSplit, named, dataset, indices: modelClasses(named.model, dataset) };
}

/** @throws FoveaError `unknown-name` for a group that is no class of the photos: it would change nothing */
function checkGroups({ group }: LocaliseFlags, { classes, name }: PhotoDataset): void {
  const names = group.map((text) => text.replace(/=.*/s, "").trim());
  const unknown = names.find((each) => !classes.includes(each));
  if (unknown !== undefined) throw unknownName("class", unknown, classes, name);
}

function localiseWork(
  job: Job,
  subject: Subject,
  explainer: ImageExplainer,
  flags: LocaliseFlags,
): RowWork<typeof localiseColumns, LocaliseSame, LocaliseOwn, Photo> {
  const { named, dataset, indices, photos, split, marks } = subject;
  const { method, tolerance, batch } = flags;
  const { layer } = explainer;
  const unmatched = dataset.classes.filter((_, k) => indices[k] === undefined);
  const sources = byName(photos.filter(({ boxes, label }) => boxes && indices[label] !== undefined));
  const { root } = ownPhotos(dataset, []);
  return {
    what: "localising",
    same: {
      ...sameFacts(named, dataset.name, flags, assumptions(named.model)),
      ...{ found: dataset.found, split, method, tolerance },
      layer: { name: layer.name, size: layerSize(layer) },
    },
    sources,
    identityOf: (photo) => identityWith(photo, at(dataset.classes, photo.label)),
    async *make(some) {
      const options = { batch, tolerance, marks, signal: job.signal };
      for await (const result of localisePhotos(explainer, some, indices, options)) yield made(subject, result);
    },
    ...(marks ? { marksOf: (photo: Photo) => marks.of(photo.name, photo) } : {}),
    describe: ({ rows, skipped }) => rows?.map((row) => localised(row, root)) ?? [skipped],
    ownOf: (failed) => ({
      ...ownPhotos(dataset, failed),
      ...{ ofSplit: photos.length, without: photos.filter(({ boxes }) => !boxes).length },
      ...{ measured: sources.length, failed: failed.length, unmatched },
    }),
    skippedOf: (own) => own,
  };
}

function made(
  { named: { model }, dataset, indices }: Subject,
  result: LocaliseResult,
): MadeRows<typeof localiseColumns, Photo> {
  const { photo } = result;
  if (result.error) return { source: photo, skipped: { path: photo.path, reason: reasonOf(photo.path, result.error) } };
  const label = present(indices[photo.label], "the model's class of a photo");
  const nameOf = (index: number) => className(model, index);
  const image = { path: photo.name, label: at(dataset.classes, photo.label), split: photo.split };
  const { scores, predicted, measures } = result;
  const row = { ...imageRow(image, { nameOf, label, predicted }, scores), explained: nameOf(label) };
  return { source: photo, rows: [{ ...row, ...localiseRow(measures) }] };
}
