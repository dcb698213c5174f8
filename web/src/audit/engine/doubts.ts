/** @file Labels that the model contradicts so that a report would ask about them: the report's own rule, on what was classified. */

import { evaluateClassifier } from "../../../../src/evaluate/classifier/evaluate-classifier.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { at } from "../../../../src/foundation/present.js";
import { count } from "../../../../src/foundation/words.js";
import { joined } from "../../../../src/model/run/batches.js";
import type { Classifier } from "../../../../src/model/run/classifier.js";
import { type Confidence, confidenceOf } from "../../../../src/report/collect/confidence.js";
import { oftenRight } from "../../../../src/report/collect/errors/collect-errors.js";
import { predictionsOf } from "../../../../src/report/collect/observe/predictions.js";
import { viewsOf } from "../../../../src/report/collect/observe/views.js";
import type { AskedPicture, DoubtedLabels } from "../../engine/api.js";
import type { StoredPicture } from "../../engine/pictures.js";

export interface DoubtsContext {
  readonly model: LoadedModel;
  readonly classifier: Classifier;
  readonly pictures: { glance(id: number): Promise<Pick<StoredPicture, "picture">> };
  /** Probabilities of all classes, by the pictures' ids. */
  readonly answers: ReadonlyMap<number, Float32Array>;
  readonly signal: AbortSignal;
}

/** @throws the reason of the signal's abort */
export async function doubtLabels(requests: readonly AskedPicture[], context: DoubtsContext): Promise<DoubtedLabels> {
  const { answers, signal } = context;
  const labelled = requests.flatMap(({ picture, truth }) => {
    const probabilities = answers.get(picture);
    return truth === undefined || probabilities === undefined ? [] : { picture, truth, probabilities };
  });
  const classes = labelled[0]?.probabilities.length ?? 0;
  if (classes < 2) return { pictures: [], reason: tooFew };
  const labels = labelled.map(({ truth }) => truth);
  const probabilities = new Float32Array(labelled.length * classes);
  for (const [i, each] of labelled.entries()) probabilities.set(each.probabilities, i * classes);
  const names = Array.from({ length: classes }, (_, k) => String(k));
  const evaluation = evaluateClassifier({ probabilities, labels, classes: names });
  const found = confidenceOf({
    evaluation,
    rows: { at: (i) => at(labelled, i) },
    labels,
    modelClass: (label) => label,
  });
  const predicted = labelled.map(({ probabilities: row }) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
  const confidence = labelled.map(({ probabilities: row }, i) => at(row, at(predicted, i)));
  const doubted: number[] = [];
  for (const [i, { picture }] of labelled.entries()) {
    const doubt = found.doubts[i];
    if (doubt === undefined || !oftenRight({ confidence, labels, predicted }, i)) continue;
    signal.throwIfAborted();
    if (await isSteady(picture, doubt, context)) doubted.push(picture);
  }
  return { pictures: doubted, reason: reasonOf(found) };
}

/** Whether slightly changed versions are of the same class. */
async function isSteady(picture: number, said: number, { model, classifier, pictures }: DoubtsContext) {
  const { input } = await model.readImage((await pictures.glance(picture)).picture);
  const predictions = await predictionsOf(classifier, joined(viewsOf(model, input, { mirrored: true })));
  return predictions.every((each) => each === said);
}

const tooFew = "Too few labelled images to tell: at least 40 are needed, and 10 of each class.";

/** Why no label is in doubt, where that is not by the images themselves. */
function reasonOf({ report }: Confidence): string | undefined {
  if (report === undefined) return tooFew;
  if (report.doubted === undefined)
    return `The model has no say about labels: its confidence is ${count(Math.round(100 * report.scaledError))} points off.`;
  return report.doubted.found > 0 && report.doubted.pValue >= 0.05
    ? "The model contradicts no more labels with confidence than chance allows."
    : undefined;
}
