/** @file The classes to explain of each image, from the user's choice. */

import { FoveaError, shortened } from "../foundation/error.js";
import { classChoice, classChoices } from "../model/class-names.js";
import type { Classifier } from "../model/run/classifier.js";
import { floats, type Tensor } from "../onnx/tensor.js";
import type { ClassChoice, ExplainOptions } from "./options.js";

type Rank = Extract<ClassChoice, object>;

/** Stands for the predicted class, which the graph itself finds. */
const predicted = -1;

/**
 * K rows of N class indices, -1 for the predicted class.
 * @throws FoveaError `bad-input` for an invalid choice, `unknown-name` for a class that is none
 */
export async function explainedClasses(
  classifier: Classifier,
  images: Tensor,
  { classes, labels }: ExplainOptions,
): Promise<number[][]> {
  const { model } = classifier;
  const [count = 0] = images.dims;
  if (labels !== undefined) return [checkLabels(labels, count).map((label) => indexOf(classChoice(model, label)))];
  if (classes === undefined) return [Array<number>(count).fill(predicted)];
  const choices = checkChoices(classes).flatMap((choice): readonly (number | "predicted" | Rank)[] =>
    isRank(choice) ? [choice] : classChoices(model, choice),
  );
  if (choices.length === 0) throw new FoveaError("bad-input", "classes: expected at least one, got none");
  const rankings = choices.some(isRank) ? await rankClasses(classifier, images) : [];
  return choices.map((choice) =>
    Array.from({ length: count }, (_, i) =>
      isRank(choice) ? classOfRank(choice, rankings[i] ?? []) : indexOf(choice),
    ),
  );
}

function indexOf(choice: number | "predicted"): number {
  return choice === "predicted" ? predicted : choice;
}

function classOfRank({ rank }: Rank, ranking: readonly number[]): number {
  const index = ranking[rank - 1];
  if (index !== undefined) return index;
  throw new FoveaError("bad-input", `class of rank ${rank}: expected 1 to ${ranking.length}`);
}

/** Of each image the classes by falling probability. */
async function rankClasses(classifier: Classifier, images: Tensor): Promise<number[][]> {
  const probabilities = await classifier.classify(images);
  const [count = 0, classes = 0] = probabilities.dims;
  return Array.from({ length: count }, (_, i) => {
    const values = Array.from(floats(probabilities).subarray(i * classes, (i + 1) * classes));
    const sorted = [...values.entries()].sort(([, a], [, b]) => b - a);
    return sorted.map(([index]) => index);
  });
}

function isRank(choice: ClassChoice): choice is Rank {
  return typeof choice === "object";
}

function checkChoices(classes: readonly ClassChoice[]): readonly ClassChoice[] {
  if (!Array.isArray(classes))
    throw new FoveaError("bad-input", `classes: expected an array, got ${shortened(classes)}`);
  for (const choice of classes) {
    const isObject = typeof choice === "object" && choice !== null && typeof choice.rank === "number";
    if (isObject || typeof choice === "number" || typeof choice === "string") continue;
    const expected = 'an index, a name, "predicted" or { rank }';
    throw new FoveaError("bad-input", `classes: expected ${expected}, got ${shortened(choice)}`);
  }
  return classes;
}

function checkLabels(labels: ArrayLike<number | string>, count: number): (number | string)[] {
  const isList = typeof labels === "object" && labels !== null && typeof labels.length === "number";
  if (!isList) throw new FoveaError("bad-input", `labels: expected an array, got ${shortened(labels)}`);
  if (labels.length !== count)
    throw new FoveaError("bad-input", `labels: expected ${count}, one of each image, got ${labels.length}`);
  const all = Array.from(labels);
  const wrong = all.find((label) => typeof label !== "number" && typeof label !== "string");
  if (wrong === undefined) return all;
  throw new FoveaError("bad-input", `labels: expected indices or names, got ${shortened(wrong)}`);
}
