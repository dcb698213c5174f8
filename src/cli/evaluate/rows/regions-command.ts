/** @file The rows of regions that are compared, and what they tell together. */

import type { RowOf } from "../../../data/parquet/columns.js";
import { RegionCounts } from "../../../evaluate/segmentation/mean-iou.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { count, percent } from "../../../foundation/words.js";
import { imageColumns } from "../../shards/rows/image-columns.js";
import type { RowCommand, Told } from "../../shards/rows/row-command.js";
import { hasSameFacts, type SameFacts } from "../../shards/rows/same-facts.js";
import type { Job } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { table } from "../../terminal/table.js";

export const regionColumns = {
  ...imageColumns,
  /** Share of the pixels whose class is right. */
  pixel_accuracy: "float64",
  /** Pixels by true and by predicted class, a list of classes x classes as JSON. */
  details: "string",
} as const;

export interface RegionSame extends SameFacts {
  readonly source: string;
  /** Of pixels: the ground, then those of the scenes. */
  readonly classes: readonly string[];
}

export interface RegionOwn {
  readonly images: number;
}

type Counts = readonly number[];

export const regionsCommand: RowCommand<typeof regionColumns, RegionSame, RegionOwn, Counts> = {
  name: "evaluate of regions",
  columns: regionColumns,
  isSame: (value): value is RegionSame => hasSameFacts(value) && "classes" in value && "source" in value,
  isOwn: (value): value is RegionOwn => isObject(value) && "images" in value,
  keep: ({ details }) => countsFrom(details),
  tell,
};

export function sceneName(index: number): string {
  return `scene ${String(index).padStart(7, "0")}`;
}

export function regionRow(index: number, counts: RegionCounts): RowOf<typeof regionColumns> {
  const { accuracy } = counts.measure();
  return {
    path: sceneName(index),
    split: "test",
    pixel_accuracy: accuracy,
    details: JSON.stringify(counts.counts),
  };
}

function countsFrom(details: string | undefined): Counts {
  const counts: unknown = parseJson(details ?? "");
  if (Array.isArray(counts) && counts.every((each) => typeof each === "number")) return counts;
  throw new FoveaError("bad-file", "details: expected counts of pixels, got something else");
}

function tell(job: Job, { same, owns, rows }: Told<RegionSame, RegionOwn, Counts>): number {
  const { model, source, classes } = same;
  const images = rows.length;
  const total = owns.reduce((sum, own) => sum + own.images, 0);
  const stopped = `fovea: stopped after ${count(images)} of ${count(total)} pictures`;
  if (images === 0) return job.end({ stopped, nothing: true });
  const all = new RegionCounts(classes.length);
  for (const counts of rows) all.merge(counts);
  const { meanIou, accuracy, perClass: overlaps } = all.measure();
  const perClass = overlaps.map(({ classIndex, iou, pixels }) => ({ name: classes[classIndex], pixels, iou }));
  if (job.format === "json") {
    printJson({ model: model.path, data: source, ...model.recipe, images, meanIou, accuracy, perClass });
  } else {
    print(model.line);
    print(`on ${count(images)} pictures: ${source}`);
    print();
    print(`mean IoU  ${percent(meanIou, 1)}`);
    print(`pixels    ${percent(accuracy, 1)} have the right class`);
    print();
    const lines = perClass.map(({ name = "", pixels, iou }) => [
      name,
      count(pixels),
      iou === undefined ? "-" : percent(iou, 1),
    ]);
    printLines(table(["class", "pixels", "IoU"], lines));
  }
  return job.end({ stopped });
}
