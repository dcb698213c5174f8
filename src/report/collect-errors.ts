/** @file The errors of a model with their maps, drawn. */

import { diagnoseFully, mapOf } from "../explain/index.js";
import { commonPeak } from "../image/index.js";
import { type Encode, overlaid, plain, thumbnail } from "./draw.js";
import type { ErrorReport } from "./report-data.js";
import type { ReportImages } from "./report-images.js";
import type { Study } from "./study.js";

/** The first `most` errors, the most confident first. */
export async function collectErrors(
  { model, evaluation, own }: Study,
  images: ReportImages,
  most: number,
  encode: Encode,
): Promise<ErrorReport[]> {
  const { explainer } = model;
  const reports: ErrorReport[] = [];
  for (const error of evaluation.errors.slice(0, most)) {
    const labels = [error.predicted, error.label];
    const seen = await images.read(explainer.model, error.index);
    const explanation = await explainer.explain(seen.input, { classes: labels.map(own) });
    const [predicted, truth] = [mapOf(explanation, 0, 0), mapOf(explanation, 0, 1)];
    const scale = commonPeak([predicted, truth]);
    const difference = {
      ...predicted,
      values: predicted.values.map((value, i) => value - (truth.values[i] as number)),
    };
    const notes: string[] = [];
    for (const [k, label] of labels.entries()) {
      const { text } = await diagnoseFully(explainer, seen.input, explanation, 0, k);
      if (text !== "") notes.push(`Map of ${evaluation.classes[label]}: ${text}`);
    }
    const name = images.nameOf(error.index);
    const small = await thumbnail(seen.picture, encode);
    reports.push({
      ...error,
      ...(name === undefined ? {} : { name }),
      image: await plain(seen.picture, encode),
      ...(small ? { thumbnail: small } : {}),
      maps: {
        predicted: await overlaid(seen, predicted, scale, encode),
        truth: await overlaid(seen, truth, scale, encode),
        difference: await overlaid(seen, difference, scale, encode, { signed: true }),
        scale,
      },
      notes,
    });
  }
  return reports;
}
