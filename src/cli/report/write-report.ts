/** @file Writes a report that is made, and tells what it says. */

import { writeLabelChanges } from "../../data/label-changes.js";
import type { SkippedPhoto } from "../../data/photos/photo.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { count, counted, percent } from "../../foundation/words.js";
import type { Model } from "../../model/model.js";
import { labelQueue } from "../../report/label-queue.js";
import type { MadeReport } from "../../report/make-report.js";
import { describedRecipe, recipeNotes } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";

export interface WrittenReport {
  readonly out: string;
  /** Where the labels to look at go. Default: nowhere. */
  readonly labelQueue?: string | undefined;
  /** The models in their order, where they are at hand. */
  readonly recipes: readonly Model[];
  readonly skipped: readonly SkippedPhoto[];
}

export async function writeReport(
  job: Job,
  made: Pick<MadeReport, "data" | "html">,
  written: WrittenReport,
): Promise<void> {
  const { out, labelQueue: queueFile } = written;
  await writeFileAtomically(out, new TextEncoder().encode(made.html));
  if (queueFile !== undefined) await writeFileAtomically(queueFile, writeLabelChanges(labelQueue(made.data)));
  if (job.format === "json") {
    printJson(describeReport(made, written));
    return;
  }
  printReport(made, written);
  if (queueFile !== undefined)
    print(`wrote ${queueFile}: ${counted(labelQueue(made.data).length, "label")} to look at`);
}

/** Plain data for programs. */
function describeReport({ data }: Pick<MadeReport, "data">, { out, recipes, skipped }: WrittenReport) {
  const models = data.models.map(({ name: model, evaluation, errors = [], bias, robustness, trust }, i) => ({
    ...{ model, evaluation },
    ...(recipes[i] ? describedRecipe(recipes[i]) : {}),
    ...(bias ? { evidence: bias.regions, exchange: bias.exchange } : {}),
    doubtfulLabels: errors.flatMap(({ index, name, doubtful }) => (doubtful ? [{ index, path: name }] : [])),
    ...(robustness ? { robustness: robustness.levels } : {}),
    ...(trust ? { trust: trust.summary } : {}),
  }));
  return { report: out, data: data.data.source, models, ...(skipped.length > 0 ? { skipped } : {}) };
}

function printReport({ data }: Pick<MadeReport, "data">, { out, recipes }: WrittenReport): void {
  print(`data: ${data.data.source}`);
  for (const { name, evaluation } of data.models)
    print(`${name}: ${percent(evaluation.accuracy.value)} of ${count(evaluation.count)} right`);
  for (const [i, model] of recipes.entries())
    for (const each of recipeNotes(model)) print(`${data.models[i]?.name ?? ""}: ${each}`);
  print(`wrote ${out}`);
  note("Open it in a browser.");
}
