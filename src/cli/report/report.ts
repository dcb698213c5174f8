/** @file Measures and explains models on a dataset and writes the report. */

import { writeLabelChanges } from "../../data/label-changes.js";
import { reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { isStream } from "../../files/write/destination.js";
import { FoveaError } from "../../foundation/error.js";
import { count, counted, percent } from "../../foundation/words.js";
import { protocolAt } from "../../improve/protocol/protocol.js";
import { labelQueue } from "../../report/label-queue.js";
import { type MadeReport, makeReport } from "../../report/make-report.js";
import { failPhotos } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { describedRecipe, recipeNotes } from "../inputs/read-input.js";
import { tryModel, withTrial } from "../inputs/try-model.js";
import { loadOptions } from "../options/model-options.js";
import { type ReportFlags, reportCommandLine, reportNames } from "../options/report-options.js";
import { platform } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { checkQueueFile } from "./check-queue-file.js";
import { reportDetector } from "./detection/report-detector.js";
import { earlierResults } from "./earlier-results.js";
import { openPartialResults } from "./partial-results.js";
import { type ReportSubject, reportSubject } from "./report-subject.js";
import { today } from "./today.js";

/** @param args models, and last the data. @returns the exit code */
export async function report(job: Job, args: readonly string[], flags: ReportFlags): Promise<number> {
  const { out, labelQueue: queueFile } = flags;
  if (queueFile !== undefined) checkQueueFile(queueFile, args.at(-1) ?? "");
  const protocol = flags.protocol === undefined ? undefined : await protocolAt(flags.protocol);
  const opened = await openModels(job, args, flags);
  if (opened.models.some(({ model }) => model.task.name === "detection"))
    return reportDetector(job, opened, args, flags);
  const subject = await reportSubject(job, opened.models, opened.name, flags);
  const models = await triedModels(job, opened.models, subject);
  const { data, classes, keyOf } = subject;
  const partial = isStream(out) ? undefined : await openPartialResults(`${out}.partial`);
  const result = await job.heed(() =>
    job.stage("explaining", (onProgress) =>
      makeReport(models, data, {
        platform,
        date: today(),
        title: flags.title,
        errors: flags.errors,
        layer: flags.layer,
        method: flags.method,
        attack: flags.attack ?? false,
        trust: flags.trust ?? false,
        classes,
        storeFor: partial && keyOf && earlierResults(partial, data, flags, keyOf),
        ...{ names: reportNames(args), protocol },
        commands: [reportCommandLine(args, flags)],
        onProgress,
        signal: job.signal,
      }),
    ),
  );
  await writeFileAtomically(out, new TextEncoder().encode(result.html));
  if (queueFile !== undefined) await writeFileAtomically(queueFile, writeLabelChanges(labelQueue(result.data)));
  await partial?.remove();
  const failed = result.failed.map(({ index, error }) => {
    const path = subject.pathOf(index);
    return { path, reason: reasonOf(path, error) };
  });
  const skipped = [...subject.skipped, ...failed];
  if (job.format === "json") printJson(describeReport(result, models, { out, source: data.source, skipped }));
  else {
    printReport(result, models, out, data.source);
    if (queueFile !== undefined)
      print(`wrote ${queueFile}: ${counted(labelQueue(result.data).length, "label")} to look at`);
  }
  return job.end(failPhotos(job, skipped, subject.total));
}

/** The models of the report, with what the trial of each found with its own classes. */
async function triedModels(
  job: Job,
  opened: readonly NamedModel[],
  { models, samples }: ReportSubject,
): Promise<NamedModel[]> {
  const tried: NamedModel[] = [];
  for (const [i, model] of models.entries()) {
    const { trial } = (await tryModel(job, opened[i] ?? model, samples)).model;
    tried.push(trial ? withTrial(model, trial) : model);
  }
  return tried;
}

/** Opens the models, and tells the name of the data. @throws FoveaError `bad-input` where there is only one name */
async function openModels(job: Job, args: readonly string[], flags: ReportFlags) {
  const paths = args.slice(0, -1);
  const name = args.at(-1) ?? "";
  if (paths.length === 0)
    throw new FoveaError("bad-input", `report: expected at least one model and a dataset, got only "${name}"`);
  const loading = await loadOptions(flags);
  const models: NamedModel[] = [];
  for (const path of paths) models.push(await modelAt(job, path, loading));
  return { name, models };
}

/** Plain data for programs. */
function describeReport(
  { data }: MadeReport,
  named: readonly NamedModel[],
  {
    out,
    source,
    skipped,
  }: { readonly out: string; readonly source: string; readonly skipped: readonly SkippedPhoto[] },
) {
  const models = data.models.map(({ name: model, evaluation, errors = [], bias, robustness, trust }, i) => ({
    ...{ model, evaluation },
    ...(named[i] ? describedRecipe(named[i].model) : {}),
    ...(bias ? { evidence: bias.regions, exchange: bias.exchange } : {}),
    doubtfulLabels: errors.flatMap(({ index, name, doubtful }) => (doubtful ? [{ index, path: name }] : [])),
    ...(robustness ? { robustness: robustness.levels } : {}),
    ...(trust ? { trust: trust.summary } : {}),
  }));
  return { report: out, data: source, models, ...(skipped.length > 0 ? { skipped } : {}) };
}

function printReport({ data }: MadeReport, models: readonly NamedModel[], out: string, source: string): void {
  print(`data: ${source}`);
  for (const { name, evaluation } of data.models)
    print(`${name}: ${percent(evaluation.accuracy.value)} of ${count(evaluation.count)} right`);
  for (const { name, model } of models) for (const each of recipeNotes(model)) print(`${name}: ${each}`);
  print(`wrote ${out}`);
  note("Open it in a browser.");
}
