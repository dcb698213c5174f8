/** @file Measures and explains models on a dataset, and writes the report, or a part of it. */

import { join } from "node:path";
import { isStream } from "../../files/write/destination.js";
import { FoveaError } from "../../foundation/error.js";
import { protocolAt } from "../../improve/protocol/protocol.js";
import { makeReport } from "../../report/make-report.js";
import type { MakeReportOptions } from "../../report/report-options.js";
import { environment } from "../environment.js";
import { failPhotos } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { tryModel, withTrial } from "../inputs/try-model.js";
import { loadOptions } from "../options/model-options.js";
import { type ReportFlags, reportCommandLine, reportNames } from "../options/report-options.js";
import { platform } from "../platform.js";
import { partName } from "../shards/part-files.js";
import { shardFrom } from "../shards/shard-from.js";
import { tellPart } from "../shards/tell-part.js";
import type { Job } from "../terminal/job.js";
import { checkQueueFile } from "./check-queue-file.js";
import { reportDetector } from "./detection/report-detector.js";
import { earlierResults } from "./earlier-results.js";
import { openPartialResults } from "./partial-results.js";
import { writeReportPart } from "./parts/write-report-part.js";
import { reportSubject } from "./report-subject.js";
import type { ReportSubject } from "./subject.js";
import { today } from "./today.js";
import { writeReport } from "./write-report.js";

/** @param args models, and last the data. @returns the exit code */
export async function report(job: Job, args: readonly string[], flags: ReportFlags): Promise<number> {
  const { labelQueue: queueFile } = flags;
  const shard = shardFrom(flags.shard, environment().variables);
  if (shard) checkPartFlags(flags);
  const out = flags.out ?? (shard ? "parts" : "report.html");
  if (queueFile !== undefined) checkQueueFile(queueFile, args.at(-1) ?? "");
  const protocol = flags.protocol === undefined ? undefined : await protocolAt(flags.protocol);
  const opened = await openModels(job, args, flags);
  if (opened.models.some(({ model }) => model.task.name === "detection")) {
    if (shard) throw new FoveaError("bad-input", "--shard: expected models that classify, got a detector");
    return reportDetector(job, opened, args, { ...flags, out });
  }
  const subject = await reportSubject(job, opened.models, { name: opened.name, flags, shard });
  const models = await triedModels(job, opened.models, subject);
  const { data, classes, keyOf } = subject;
  const unfinished = shard ? `${join(out, partName(shard))}.partial` : `${out}.partial`;
  const partial = !shard && isStream(out) ? undefined : await openPartialResults(unfinished);
  const make = <Made>(work: (options: MakeReportOptions<NamedModel>) => Promise<Made>) =>
    job.heed(() =>
      job.stage("explaining", (onProgress) =>
        work({
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
          commands: [reportCommandLine(args, { ...flags, ...(shard ? { out: "" } : {}) })],
          onProgress,
          signal: job.signal,
        }),
      ),
    );
  if (shard) {
    const { path, skipped } = await make((options) =>
      writeReportPart({ models, subject, flags, options, shard, folder: out }),
    );
    await partial?.remove();
    tellPart(job, { shard, path, skipped, total: subject.total });
    return job.end(failPhotos(job, skipped, subject.total));
  }
  const result = await make((options) => makeReport(models, data, options));
  const skipped = [...subject.skipped, ...result.failed.map(({ index, error }) => subject.failureOf(index, error))];
  await writeReport(job, result, { out, labelQueue: queueFile, recipes: models.map(({ model }) => model), skipped });
  await partial?.remove();
  return job.end(failPhotos(job, skipped, subject.total));
}

/** @throws FoveaError `bad-input` for what only a whole report can have */
function checkPartFlags({ protocol, labelQueue, title }: ReportFlags): void {
  const [flag] = [
    ...(protocol === undefined ? [] : ["--protocol"]),
    ...(labelQueue === undefined ? [] : ["--label-queue"]),
    ...(title === undefined ? [] : ["--title"]),
  ];
  if (flag !== undefined)
    throw new FoveaError("bad-input", `--shard: expected no ${flag}, which is for all images: give it to fovea merge`);
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
