/** @file What is shown of an error: the image with the maps of the predicted and the true class, and how steady the answer is. */

import { diagnoseFully } from "../../../explain/diagnose/diagnose-fully.js";
import { mapOf } from "../../../explain/maps.js";
import { at } from "../../../foundation/present.js";
import { commonPeak } from "../../../image/map/heatmap.js";
import { joined } from "../../../model/run/batches.js";
import { overlaid, plain, thumbnail } from "../draw.js";
import { predictionsOf } from "../observe/predictions.js";
import { viewsOf } from "../observe/views.js";
import type { ShownError } from "./shown.js";
import { type LiveSubject, modelClassOf, reportClassOf } from "./subject.js";

export async function showError(subject: LiveSubject, modelIndex: number, index: number): Promise<ShownError> {
  const { images, encode, classes: names } = subject;
  const model = at(subject.models, modelIndex);
  const { explainer } = model;
  const said = at(subject.rows, modelIndex).at(index).predicted;
  const label = at(images.labels, index);
  const classes = [said, modelClassOf(model, label)];
  const sample = await images.read(explainer.model, index);
  const explanation = await explainer.explain(sample.input, { classes });
  const [predicted, truth] = [mapOf(explanation, 0, 0), mapOf(explanation, 0, 1)];
  const scale = commonPeak([predicted, truth]);
  const difference = { ...predicted, values: predicted.values.map((value, i) => value - at(truth.values, i)) };
  const notes: string[] = [];
  for (const [k, name] of [at(names, reportClassOf(model, said)), at(names, label)].entries()) {
    const { text } = await diagnoseFully(explainer, sample.input, explanation, { k });
    if (text !== "") notes.push(`Map of ${name}: ${text}`);
  }
  const predictions = await predictionsOf(explainer, joined(viewsOf(explainer.model, sample.input, images)));
  const small = await thumbnail(sample.picture, encode);
  return {
    image: await plain(sample.picture, encode),
    ...(small ? { thumbnail: small } : {}),
    maps: {
      predicted: await overlaid(sample, predicted, scale, encode),
      truth: await overlaid(sample, truth, scale, encode),
      difference: await overlaid(sample, difference, scale, encode, { signed: true }),
      scale,
    },
    steady: { same: predictions.filter((each) => each === said).length, of: predictions.length },
    notes,
  };
}
