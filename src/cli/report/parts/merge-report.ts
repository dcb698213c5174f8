/** @file Writes the report of all parts. */

import { at } from "../../../foundation/present.js";
import { list } from "../../../foundation/words.js";
import { composeReport } from "../../../report/compose-report.js";
import { encoder } from "../../../report/encoder.js";
import { renderReport } from "../../../report/page/render-report.js";
import type { ReportData } from "../../../report/report-data.js";
import { failPhotos } from "../../inputs/datasets.js";
import type { MergeFlags, MergeOptions, Merger } from "../../merge/merger.js";
import { baseName } from "../../options/command-line.js";
import { platform } from "../../platform.js";
import type { Part } from "../../shards/part-files.js";
import type { Job } from "../../terminal/job.js";
import { today } from "../today.js";
import { writeReport } from "../write-report.js";
import { reportPart } from "./facts.js";
import { mergedReport } from "./merged-report.js";
import { reportColumns } from "./report-table.js";

export const reportMerger: Merger = { columns: reportColumns, merge: mergeReport };

async function mergeReport(
  job: Job,
  [first, ...others]: readonly [Part, ...Part[]],
  { out = "report.html", title, labelQueue, tellsFailures }: MergeFlags & MergeOptions,
): Promise<number> {
  const parts = [reportPart(first), ...others.map(reportPart)] as const;
  const { same } = at(parts, 0);
  const { gathered, skipped, total } = await job.stage("reading parts", (onProgress) =>
    mergedReport(parts, onProgress),
  );
  const report = await job.heed(() =>
    composeReport(gathered, { encode: encoder(platform), errors: same.errors, signal: job.signal }),
  );
  const { names } = same;
  const heading = title ?? `${list(same.models.map(({ facts }) => facts.name))} on ${same.data.name}`;
  const data: ReportData = {
    ...{ title: heading, date: today(), ...report },
    reproduce: withOut(same.reproduce, out),
    models: report.models,
    names,
  };
  const html = renderReport(data, await platform.fonts?.());
  await writeReport(job, { data, html }, { out, labelQueue, recipes: [], skipped });
  if (tellsFailures) return job.end(failPhotos(job, skipped, total));
  return job.end({ partly: skipped.length > 0 });
}

/** The last command is the one that made the parts; it lacks the name of the report. */
function withOut(reproduce: ReportData["reproduce"], out: string): ReportData["reproduce"] {
  const last = reproduce.commands.length - 1;
  return {
    ...reproduce,
    commands: reproduce.commands.map((command, i) => (i === last ? `${command}${baseName(out)}` : command)),
  };
}
