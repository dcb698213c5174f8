/** @file Makes a report: models measured and explained on the same images, as one HTML file, the same on Node and in a page. */

import { list } from "../foundation/words.js";
import { factInWords } from "../model/card.js";
import { recipeWords } from "../model/preprocessing/trial-words.js";
import { collectImprovement } from "./collect/collect-improvement.js";
import type { FailedImage } from "./collect/gather/gather.js";
import type { ReportedData } from "./collect/report-images.js";
import { composeReport } from "./compose-report.js";
import { encoder } from "./encoder.js";
import { gatherReport } from "./gather-report.js";
import { withoutMisled } from "./improvement/subject.js";
import { renderReport } from "./page/render-report.js";
import type { ReportData, ReproduceReport } from "./report-data.js";
import type { MakeReportOptions, NamedModel } from "./report-options.js";

export interface MadeReport {
  readonly data: ReportData;
  readonly html: string;
  /** Images that are not in the report. */
  readonly failed: readonly FailedImage[];
}

/**
 * Measures, explains and compares models, each with the one before it. Their training is taken from their metadata.
 * @throws FoveaError `bad-input` where none of the images can be explained, or where models of other classes are to be attacked; as
 *   `createExplainer` does; the reason of `signal`'s abort
 */
export async function makeReport<Named extends NamedModel>(
  models: readonly Named[],
  data: ReportedData,
  options: MakeReportOptions<Named>,
): Promise<MadeReport> {
  const { platform, title = `${list(models.map(({ name }) => name))} on ${data.name}`, date } = options;
  const { gathered, failed, images, first, close } = await gatherReport(models, data, options);
  const encode = encoder(platform);
  try {
    const report = await composeReport(gathered, { encode, errors: options.errors, signal: options.signal });
    const improvement = options.protocol && (await collectImprovement(options.protocol, first, images, encode));
    const complete = {
      ...{ title, date, ...report, reproduce: reproduceReport(models, options) },
      models: improvement ? withoutMisled(report.models, improvement) : report.models,
      ...(options.names ? { names: options.names } : {}),
      ...(improvement ? { improvement } : {}),
    };
    return { data: complete, html: renderReport(complete, await platform.fonts?.()), failed };
  } finally {
    await close();
  }
}

const sameSeed = "The same seed gives the same weights, bit for bit, on the same kind of machine.";

/** How the report is made again. */
export function reproduceReport(
  models: readonly NamedModel[],
  { platform, commands, notes = [sameSeed] }: Pick<MakeReportOptions, "platform" | "commands" | "notes">,
): ReproduceReport {
  const provenance = models.map(({ model }) => model.card.provenance);
  const trained = provenance.flatMap((each) => (typeof each?.command === "string" ? [each.command] : []));
  const seeds = new Set(provenance.map((each) => factInWords(each?.seed)));
  const recipes = models.flatMap(({ name, model }) =>
    model.trial?.surer === undefined ? [] : [`${name}: ${recipeWords(model)}`],
  );
  return {
    commands: [...trained, ...commands],
    seed: [...seeds].join(", "),
    versions: platform.versions,
    notes: [...notes, ...recipes],
  };
}
