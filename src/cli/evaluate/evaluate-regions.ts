/** @file `fovea evaluate` of a segmenter: how well its regions cover the true ones of drawn scenes. */

import type { RowOf } from "../../data/parquet/columns.js";
import { drawScenes } from "../../data/scenes/draw-scenes.js";
import { comparedRegions } from "../../evaluate/segmentation/evaluate-segmenter.js";
import { RegionCounts } from "../../evaluate/segmentation/mean-iou.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import { count, percent } from "../../foundation/words.js";
import type { Segmentation } from "../../model/tasks/found-task.js";
import type { NamedModel } from "../inputs/models.js";
import { runtime } from "../platform.js";
import { imageColumns } from "../shards/rows/image-columns.js";
import { runRows } from "../shards/rows/make-rows.js";
import { type RowCommand, rowMerger, type Told } from "../shards/rows/row-command.js";
import type { RowDestination } from "../shards/rows/row-destination.js";
import type { MadeRows } from "../shards/rows/row-work.js";
import { hasSameFacts, type SameFacts, sameFacts } from "../shards/rows/same-facts.js";
import { ownUnits } from "../shards/shard.js";
import type { Job } from "../terminal/job.js";
import { print, printJson, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";
import type { EvaluateFlags } from "./evaluate.js";

const regionColumns = {
  ...imageColumns,
  /** Share of the pixels whose class is right. */
  pixel_accuracy: "float64",
  /** Pixels by true and by predicted class, a list of classes x classes as JSON. */
  details: "string",
} as const;

interface RegionSame extends SameFacts {
  readonly source: string;
  /** Of pixels: the ground, then those of the scenes. */
  readonly classes: readonly string[];
}

interface RegionOwn {
  readonly images: number;
}

type Counts = readonly number[];

const regionsCommand: RowCommand<typeof regionColumns, RegionSame, RegionOwn, Counts> = {
  name: "evaluate of regions",
  columns: regionColumns,
  isSame: (value): value is RegionSame => hasSameFacts(value) && "classes" in value && "source" in value,
  isOwn: (value): value is RegionOwn => isObject(value) && "images" in value,
  keep: ({ details }) => countsFrom(details),
  tell,
};

export const regionsMerger = rowMerger(regionsCommand);

interface RegionSubject {
  readonly task: Segmentation;
  readonly flags: EvaluateFlags;
  readonly destination: RowDestination;
}

/** @returns the exit code @throws FoveaError `bad-input` for data of which not every pixel's class is known */
export async function evaluateRegions(
  job: Job,
  named: NamedModel,
  data: string,
  { task, flags, destination }: RegionSubject,
): Promise<number> {
  if (data !== "scenes") {
    const expected = "expected scenes, of which the class of each pixel is known";
    throw new FoveaError("bad-input", `${named.name}, a segmenter: ${expected}, got ${data}`);
  }
  const scenes = drawScenes({ seed: flags.seed });
  const isOwn = ownUnits(destination.shard) ?? (() => true);
  const sources = Array.from({ length: scenes.count }, (_, i) => i).filter((i) => isOwn(sceneName(i)));
  async function* make(indices: readonly number[]): AsyncGenerator<MadeRows<typeof regionColumns, number>> {
    for await (const { index, counts } of comparedRegions(named.model, task, { scenes, indices }, runtime))
      yield { source: index, rows: [regionRow(index, counts)] };
  }
  const work = {
    what: "comparing regions",
    same: {
      ...sameFacts(named, data, flags, []),
      ...{ source: scenes.source, classes: ["ground", ...scenes.classes] },
    },
    sources,
    identityOf: (index: number) => [index],
    make,
    ownOf: () => ({ images: sources.length }),
    skippedOf: ({ images }: RegionOwn) => ({ skipped: [], total: images }),
  };
  return runRows(job, regionsCommand, work, destination);
}

const sceneName = (index: number) => `scene ${String(index).padStart(7, "0")}`;

function regionRow(index: number, counts: RegionCounts): RowOf<typeof regionColumns> {
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
