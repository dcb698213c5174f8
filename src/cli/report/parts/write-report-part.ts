/** @file Observes the images of a shard, and writes what a merge needs to make the report of all. */

import type { SkippedPhoto } from "../../../data/photos/photo.js";
import { contentHash } from "../../../files/content-hash.js";
import { at } from "../../../foundation/present.js";
import type { MadeShown } from "../../../report/collect/gallery/gallery.js";
import type { Gathered } from "../../../report/collect/gather/gathered.js";
import type { ReportImages } from "../../../report/collect/report-images.js";
import { composeReport } from "../../../report/compose-report.js";
import { encoder } from "../../../report/encoder.js";
import { gatherReport } from "../../../report/gather-report.js";
import { reproduceReport } from "../../../report/make-report.js";
import type { MakeReportOptions } from "../../../report/report-options.js";
import type { NamedModel } from "../../inputs/models.js";
import { describedRecipe } from "../../inputs/read-input.js";
import type { ReportFlags } from "../../options/report-options.js";
import { platform } from "../../platform.js";
import { writePart } from "../../shards/part-files.js";
import { settingsOf } from "../../shards/settings.js";
import type { Shard } from "../../shards/shard.js";
import type { ReportSubject } from "../subject.js";
import type { ReportOwn, ReportSame } from "./facts.js";
import { errorMapKind, type PictureRow, pictureColumns, sumsKind, writeMapped, writeSums } from "./pictures-table.js";
import { type ReportRow, reportColumns, reportRow } from "./report-table.js";

export interface NewReportPart {
  readonly models: readonly NamedModel[];
  readonly subject: ReportSubject;
  readonly flags: ReportFlags;
  readonly options: MakeReportOptions<NamedModel>;
  readonly shard: Shard;
  /** The folder of all parts. */
  readonly folder: string;
}

/** @returns the path of the table, and the images that are not in it */
export async function writeReportPart({ models, subject, flags, options, shard, folder }: NewReportPart) {
  const made: MadeShown[] = [];
  const { gathered, failed, images, close } = await gatherReport(models, subject.data, options, {
    share: subject.isArchived ? 1 : 1 / shard.count,
    keep: (each) => made.push(each),
  });
  try {
    const encode = encoder(platform);
    const { signal } = options;
    // What any merge may show is made on the way.
    if (images.count > 0) await composeReport(gathered, { encode, errors: flags.errors, signal });
    const skipped = [...subject.skipped, ...failed.map(({ index, error }) => subject.failureOf(index, error))];
    const path = await writePart(folder, {
      command: "report",
      shard,
      columns: reportColumns,
      rows: rowsOf(gathered, images, models, subject),
      more: { pictures: { columns: pictureColumns, rows: picturesOf(gathered, images, made) } },
      same: sameOf(gathered, models, subject, flags, options),
      own: ownOf(gathered, models, subject, skipped),
    });
    return { path, skipped };
  } finally {
    await close();
  }
}

async function* rowsOf(
  { models, data }: Gathered,
  images: ReportImages,
  named: readonly NamedModel[],
  { aboutOf }: ReportSubject,
): AsyncGenerator<ReportRow> {
  for (let index = 0; index < images.count; index++) {
    const label = at(images.labels, index);
    const rank = at(images.ranks, index);
    const image = {
      path: images.idOf(index),
      label: at(data.classes, label),
      rank: Number.isFinite(rank) ? rank : undefined,
      ...(await aboutOf(images.idOf(index))),
    };
    for (const [i, { rows, classes: reportClasses, facts }] of models.entries()) {
      const own = reportClasses ? reportClasses.indexOf(label) : label;
      const classes = classesOf(at(named, i), data.classes);
      yield reportRow(image, { name: facts.name, classes, label: own < 0 ? undefined : own }, rows.at(index));
    }
  }
}

/** Names of a model's classes; without any those of the data. */
export function classesOf({ model }: NamedModel, data: readonly string[]): readonly string[] {
  return model.card.classes ?? data;
}

function* picturesOf(
  { models, data }: Gathered,
  images: ReportImages,
  made: readonly MadeShown[],
): Generator<PictureRow> {
  for (const { kind, model, index, shown } of made)
    yield { kind, model, of: images.idOf(index), json: JSON.stringify(shown) };
  for (const [model, { sums, errorMaps }] of models.entries()) {
    for (const [index, mapped] of errorMaps)
      yield { kind: errorMapKind, model, of: images.idOf(index), json: writeMapped(mapped) };
    for (const [label, each] of sums)
      yield { kind: sumsKind, model, of: at(data.classes, label), json: writeSums(each) };
  }
}

function sameOf(
  { models, trust }: Gathered,
  named: readonly NamedModel[],
  { data, found }: ReportSubject,
  flags: ReportFlags,
  options: MakeReportOptions<NamedModel>,
): ReportSame {
  const facts = models.map((model, i) => {
    const measured = trust?.(i);
    const { file } = at(named, i);
    return {
      facts: model.facts,
      hash: contentHash(file),
      classes: classesOf(at(named, i), data.classes),
      recipe: describedRecipe(at(named, i).model),
      ...(measured ? { trust: { method: measured.method, metrics: measured.metrics.map(({ name }) => name) } } : {}),
    };
  });
  const { title, names = { models: [], data: "" } } = options;
  return {
    models: facts,
    data: { name: data.name, ...(data.part ? { part: data.part } : {}) },
    found: found ?? { source: data.source, image: data.image },
    ...(found ? {} : { classes: data.classes }),
    ...(title === undefined ? {} : { title }),
    errors: flags.errors,
    attack: flags.attack ?? false,
    names,
    reproduce: reproduceReport(named, options),
    settings: settingsOf(flags),
  };
}

function ownOf(
  { models, data, trust }: Gathered,
  named: readonly NamedModel[],
  { own }: ReportSubject,
  skipped: readonly SkippedPhoto[],
): ReportOwn {
  const ownClasses = data.ownClasses ?? data.classes.length;
  const labels = data.classes.slice(0, ownClasses);
  const matched = models.map(({ classes }, i) => {
    const indices = classes ?? classesOf(at(named, i), data.classes).map((_, k) => k);
    return Object.fromEntries(indices.flatMap((label, k) => (label < ownClasses ? [[at(labels, label), k]] : [])));
  });
  return {
    ...{ labels, matched, skipped, counts: data.counts },
    ...own,
    ...(trust ? { trustSources: models.map((_, i) => trust(i).sources) } : {}),
  };
}
