/** @file The errors of a model with their maps, drawn. */

import { diagnoseFully } from "../../../explain/diagnose/diagnose-fully.js";
import { mapOf } from "../../../explain/maps.js";
import { at } from "../../../foundation/present.js";
import { commonPeak } from "../../../image/map/heatmap.js";
import { joined } from "../../../model/run/batches.js";
import type { ErrorReport } from "../../report-data.js";
import { type Encode, overlaid, plain, thumbnail } from "../draw.js";
import { predictionsOf } from "../observe/predictions.js";
import { viewsOf } from "../observe/views.js";
import type { ReportImages } from "../report-images.js";
import type { Study } from "../study.js";

/** The first `most` errors, the most confident first. */
export async function collectErrors(
  study: Study & { readonly doubts: readonly (number | undefined)[] },
  images: ReportImages,
  most: number,
  encode: Encode,
): Promise<ErrorReport[]> {
  const { model, evaluation, observations, modelClass } = study;
  const { explainer } = model;
  const reports: ErrorReport[] = [];
  for (const error of evaluation.errors.slice(0, most)) {
    const labels = [error.predicted, error.label];
    const sample = await images.read(explainer.model, error.index);
    const explanation = await explainer.explain(sample.input, { classes: labels.map(modelClass) });
    const [predicted, truth] = [mapOf(explanation, 0, 0), mapOf(explanation, 0, 1)];
    const scale = commonPeak([predicted, truth]);
    const difference = {
      ...predicted,
      values: predicted.values.map((value, i) => value - (truth.values[i] as number)),
    };
    const notes: string[] = [];
    for (const [k, label] of labels.entries()) {
      const { text } = await diagnoseFully(explainer, sample.input, explanation, { k });
      if (text !== "") notes.push(`Map of ${evaluation.classes[label]}: ${text}`);
    }
    const name = images.nameOf(error.index);
    const onObject = observations[error.index]?.evidence?.object;
    const views = viewsOf(explainer.model, sample.input, images);
    const predictions = await predictionsOf(explainer, joined(views));
    const same = predictions.filter((each) => each === modelClass(error.predicted)).length;
    const doubtful =
      study.doubts[error.index] === error.predicted &&
      oftenRight(study, error.index) &&
      same === predictions.length &&
      (onObject === undefined || onObject.share > onObject.even);
    const small = await thumbnail(sample.picture, encode);
    reports.push({
      ...error,
      ...(name === undefined ? {} : { name }),
      image: await plain(sample.picture, encode),
      ...(small ? { thumbnail: small } : {}),
      maps: {
        predicted: await overlaid(sample, predicted, scale, encode),
        truth: await overlaid(sample, truth, scale, encode),
        difference: await overlaid(sample, difference, scale, encode, { signed: true }),
        scale,
      },
      steady: { same, of: predictions.length },
      doubtful,
      ...(onObject ? { onObject } : {}),
      notes,
    });
  }
  return reports;
}

/** Whether nine in ten of the other images of which the model is as sure are classified rightly: else its confidence tells little. */
export function oftenRight(
  { confidence, labels, predicted }: Pick<Study, "confidence" | "labels" | "predicted">,
  index: number,
): boolean {
  const limit = at(confidence, index);
  const others = [...labels.keys()].filter((i) => i !== index && at(confidence, i) >= limit);
  return others.filter((i) => labels[i] === predicted[i]).length >= 0.9 * others.length;
}
