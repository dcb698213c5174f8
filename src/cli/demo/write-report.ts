/** @file Writes a report of the demo's models as `fovea report` does. */

import type { Dataset } from "../../data/dataset.js";
import { writeFileAtomically } from "../../files/atomic.js";
import type { Protocol } from "../../improve/protocol/parse-protocol.js";
import { reportedDataset } from "../../report/collect/report-images.js";
import { makeReport } from "../../report/make-report.js";
import type { ReportData } from "../../report/report-data.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";
import { baseName } from "../options/command-line.js";
import { platform } from "../platform.js";
import { today } from "../report/today.js";
import type { Job } from "../terminal/job.js";

export interface WrittenReport {
  readonly path: string;
  readonly title: string;
  /** The command that makes it again. */
  readonly command: string;
  /** Default: that of `fovea report`. */
  readonly method?: string;
  readonly protocol?: Protocol | undefined;
}

/** Explains the models on the dataset's test images. @returns what the report shows */
export async function writeReport(
  job: Job,
  models: readonly NamedModel[],
  dataset: Dataset,
  { path, title, command, method, protocol }: WrittenReport,
): Promise<ReportData> {
  const { html, data } = await job.stage("   explaining", (onProgress) =>
    makeReport(models, reportedDataset(dataset, prepareImages), {
      platform,
      date: today(),
      title,
      names: { models: models.map((each) => baseName(each.path)), data: dataset.name },
      ...(method === undefined ? {} : { method }),
      protocol,
      commands: [command],
      onProgress,
    }),
  );
  await writeFileAtomically(path, new TextEncoder().encode(html));
  return data;
}
