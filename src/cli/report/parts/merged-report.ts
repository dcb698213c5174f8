/** @file The report that parts make together: the same as of all images at once, to the last byte. */

import { readParquet } from "../../../data/parquet/read.js";
import { sourceInWords } from "../../../data/photos/load-photos.js";
import type { SkippedPhoto } from "../../../data/photos/photo.js";
import { metricNamed } from "../../../evaluate/metrics/index.js";
import { at, present } from "../../../foundation/present.js";
import { mostGrouped } from "../../../report/collect/errors/group-maps.js";
import type { Gathered, TrustFacts } from "../../../report/collect/gather/gathered.js";
import { MapSums } from "../../../report/collect/mean-map.js";
import type { MappedImage, Rows } from "../../../report/collect/observe/observation.js";
import { RowTable } from "../../../report/collect/observe/rows.js";
import { byRank } from "../../../report/collect/observe/sampled.js";
import { reportedClasses } from "../../../report/collect/reported-classes.js";
import type { GatheredModel } from "../../../report/collect/study.js";
import { byPath } from "../../shards/rows/own-photos.js";
import { extremesOf, sizesInWords } from "../sizes.js";
import type { ReportOwn, ReportPart } from "./facts.js";
import { addSums, errorMapKind, readMapped, sumsKind } from "./pictures-table.js";
import { imageRow, reportColumns } from "./report-table.js";
import { PictureIndex, storedGallery } from "./stored-gallery.js";

export interface MergedReport {
  readonly gathered: Gathered;
  readonly skipped: readonly SkippedPhoto[];
  /** How many images there are, with those that are skipped. */
  readonly total: number;
}

/** Called as parts are read. */
export type OnPart = (done: number, total: number) => void;

/** @param parts all of a run @throws FoveaError as reading does */
export async function mergedReport(
  parts: readonly [ReportPart, ...ReportPart[]],
  onPart?: OnPart,
): Promise<MergedReport> {
  const [{ same }] = parts;
  const owns = parts.map(({ own }) => own);
  const labels = same.classes ?? [...new Set(owns.flatMap((own) => own.labels))].sort();
  const { names, classes } = reportedClasses(
    labels,
    same.models.map(({ classes: all }, i) => ({ classes: all, indices: indicesOf(labels, owns, i) })),
  );
  const images = await readImages(parts, same.models.length, onPart);
  const index = await PictureIndex.of(parts.map(({ part }) => part.tableOf("pictures")));
  const place = new Map(labels.map((name, label) => [name, label]));
  const { name: nameOf } = images;
  const imageLabels = images.labels.map((name) => place.get(name) ?? -1);
  const models: GatheredModel[] = [];
  for (const [i, { facts }] of same.models.entries()) {
    const [rows, ofModel] = [at(images.rows, i), at(classes, i)];
    models.push({
      ...{ facts, classes: ofModel, rows },
      sums: await sumsOf(index, i, labels),
      errorMaps: await errorMapsOf(index, i, surestErrors(rows, imageLabels, ofModel), images),
    });
  }
  const counts = countsOf(owns);
  const photos = owns.reduce((sum, each) => sum + each.photos, 0);
  const skipped = byPath(owns.flatMap((own) => own.skipped));
  const extremes = extremesOf(owns.flatMap(({ sizes }) => sizes ?? []));
  const gathered: Gathered = {
    data: {
      ...same.data,
      classes: names,
      ownClasses: labels.length,
      counts: same.classes ? at(owns, 0).counts : counts,
      ...("source" in same.found
        ? same.found
        : { source: sourceInWords(photos, labels.length, same.found), image: sizesInWords(extremes) }),
    },
    images: {
      labels: imageLabels,
      nameOf: (i) => (same.classes ? undefined : nameOf(i)),
      firstByRank: (most) => byRank(images.ranks, most),
      isSample: (i) => index.has("sample", 0, nameOf(i)),
      share: 1,
      isPart: false,
    },
    models,
    gallery: storedGallery(index, nameOf),
    attack: same.attack,
    ...(same.models[0]?.trust ? { trust: trustOf(parts) } : {}),
  };
  return { gathered, skipped, total: photos + skipped.length };
}

/** The model's index of each label. */
function indicesOf(labels: readonly string[], owns: readonly ReportOwn[], model: number): number[] {
  const matched: Record<string, number> = Object.assign({}, ...owns.map((own) => own.matched[model]));
  return labels.map((label) => present(matched[label], `class of ${label}`));
}

function countsOf(owns: readonly ReportOwn[]): ReportOwn["counts"] {
  const total = (split: keyof ReportOwn["counts"]) => owns.reduce((sum, { counts }) => sum + (counts[split] ?? 0), 0);
  return Object.fromEntries(
    (["train", "validation", "test"] as const).flatMap((split) => (total(split) > 0 ? [[split, total(split)]] : [])),
  );
}

/** Images of all parts, in the order of their names. */
interface MergedImages {
  readonly labels: readonly string[];
  readonly ranks: readonly number[];
  /** Of each model. */
  readonly rows: readonly Rows[];
  readonly count: number;
  name(index: number): string;
}

async function readImages(parts: readonly ReportPart[], models: number, onPart?: OnPart): Promise<MergedImages> {
  const [names, labels, ranks]: [string[], string[], number[]] = [[], [], []];
  const tables = Array.from({ length: models }, () => new RowTable());
  // One text for each label, however many rows have it.
  const known = new Map<string, string>();
  const once = (text: string) => {
    const same = known.get(text);
    if (same === undefined) known.set(text, text);
    return same ?? text;
  };
  for (const [done, { part }] of parts.entries()) {
    let row = 0;
    for await (const each of readParquet(part.path, reportColumns)) {
      const model = row++ % models;
      if (model === 0) {
        names.push(each.path ?? "");
        labels.push(once(each.label ?? ""));
        ranks.push(each.rank ?? Number.POSITIVE_INFINITY);
      }
      at(tables, model).add(imageRow(each));
    }
    onPart?.(done + 1, parts.length);
  }
  const order = Uint32Array.from(names, (_, i) => i).sort((a, b) => (at(names, a) < at(names, b) ? -1 : 1));
  const some = (table: RowTable): Rows => ({ count: order.length, at: (index) => table.at(at(order, index)) });
  return {
    labels: Array.from(order, (i) => at(labels, i)),
    ranks: Array.from(order, (i) => at(ranks, i)),
    rows: tables.map(some),
    count: order.length,
    name: (index) => at(names, at(order, index)),
  };
}

async function sumsOf(index: PictureIndex, model: number, labels: readonly string[]) {
  const sums = new Map<number, MapSums>();
  for await (const { of, json } of index.each(sumsKind, model)) {
    const label = labels.indexOf(of);
    const merged = sums.get(label) ?? new MapSums();
    addSums(merged, json, `sums of maps of ${of}`);
    sums.set(label, merged);
  }
  return sums;
}

/** The maps of the surest errors of all parts, which are among those of each. */
async function errorMapsOf(index: PictureIndex, model: number, errors: readonly number[], { name }: MergedImages) {
  const maps = new Map<number, MappedImage>();
  const texts = await index.read(errorMapKind, model, errors.map(name));
  for (const [i, text] of texts.entries()) {
    const image = at(errors, i);
    if (text !== undefined) maps.set(image, readMapped(text, `map of ${name(image)}`));
  }
  return maps;
}

/** Positions of the surest errors. @param classes of the report, by the model's */
function surestErrors(rows: Rows, labels: readonly number[], classes: readonly number[]): number[] {
  const errors: { readonly index: number; readonly confidence: number }[] = [];
  for (let index = 0; index < rows.count; index++) {
    const { predicted, probabilities } = rows.at(index);
    if (classes[predicted] !== labels[index]) errors.push({ index, confidence: at(probabilities, predicted) });
  }
  errors.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  return errors.slice(0, mostGrouped).map(({ index }) => index);
}

/** Baselines are known where a part measured. */
function trustOf(parts: readonly ReportPart[]): (model: number) => TrustFacts {
  return (model) => {
    const [{ same } = { same: undefined }] = parts;
    const trust = same?.models[model]?.trust;
    const sources = parts.flatMap(({ own }) => (own.trustSources?.[model] ? [own.trustSources[model]] : []));
    const known = sources.find((some) => some.some(({ control }) => control !== null)) ?? sources[0] ?? [];
    const { method = { name: "", title: "" }, metrics = [] } = trust ?? {};
    return { method, metrics: metrics.map(metricNamed), sources: known };
  };
}
