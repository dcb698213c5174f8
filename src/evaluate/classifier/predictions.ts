/** @file Class probabilities read as predictions: one per image, checked on the way in. */

import { FoveaError } from "../../foundation/error.js";

/** The output of a classifier for labelled images. */
export interface ClassifierOutput {
  /** Probabilities of every class, [count, classes], each row summing to 1. */
  readonly probabilities: Float32Array;
  /** The true class of each image, as an index into `classes`. */
  readonly labels: ArrayLike<number>;
  readonly classes: readonly string[];
}

/** One image as the classifier saw it. */
export interface Prediction {
  /** Position of the image in the dataset. */
  readonly index: number;
  /** The true class. */
  readonly label: number;
  /** The class with the highest probability; the first one of several. */
  readonly predicted: number;
  /** Probability of the predicted class. */
  readonly confidence: number;
  readonly probabilityOfTruth: number;
}

/** How far a row may sum from 1, as in half precision. */
const sumTolerance = 5e-3;

/** Reads a prediction for each image. Refuses probabilities that are none and labels that name no class. */
export function predictionsOf(
  { probabilities, labels, classes }: ClassifierOutput,
  where = "predictionsOf",
): ScoredPrediction[] {
  const width = classes.length;
  if (width < 2) throw new FoveaError("bad-input", `${where}: classes: expected at least 2, got ${width}`);
  if (labels.length === 0) throw new FoveaError("bad-input", `${where}: labels: expected at least one image, got none`);
  if (probabilities.length !== labels.length * width) {
    const expected = `${labels.length} images × ${width} classes = ${labels.length * width}`;
    throw new FoveaError(
      "shape-mismatch",
      `${where}: probabilities: expected ${expected} numbers, got ${probabilities.length}`,
    );
  }
  return Array.from({ length: labels.length }, (_, index) => {
    const row = probabilities.subarray(index * width, (index + 1) * width);
    return predictionOf({ index, label: labels[index] }, row, classes, where);
  });
}

/** A prediction, with how far all probabilities are from the truth. */
export interface ScoredPrediction extends Prediction {
  /** Σ over classes of (probability - truth)², from 0 to 2 (Brier, 1950). */
  readonly brier: number;
}

/**
 * Reads the prediction for one image.
 * @param probabilities of every class, summing to 1
 * @throws FoveaError `bad-input` for probabilities that are none, and for a label that names no class
 */
export function predictionOf(
  { index, label: labelled }: { readonly index: number; readonly label: number | undefined },
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  where = "predictionOf",
): ScoredPrediction {
  const label = checkedClass(labelled, classes.length, `${where}: label of image ${index}`);
  let [predicted, confidence, sum, brier] = [0, Number.NEGATIVE_INFINITY, 0, 0];
  for (let k = 0; k < classes.length; k++) {
    const probability = probabilities[k] as number;
    if (!(probability >= 0 && probability <= 1 + sumTolerance)) {
      const name = `probability of class "${classes[k]}" for image ${index}`;
      throw new FoveaError("bad-input", `${where}: ${name}: expected a number from 0 to 1, got ${probability}`);
    }
    sum += probability;
    brier += (probability - (k === label ? 1 : 0)) ** 2;
    if (probability > confidence) [predicted, confidence] = [k, probability];
  }
  if (Math.abs(sum - 1) > sumTolerance) {
    const hint = "expected 1 (apply the softmax first)";
    throw new FoveaError("bad-input", `${where}: sum of the probabilities for image ${index}: ${hint}, got ${sum}`);
  }
  const probabilityOfTruth = Math.min(1, probabilities[label] as number);
  return { index, label, predicted, confidence: Math.min(1, confidence), probabilityOfTruth, brier };
}

/** `value` if it is the index of one of `classes` classes, else an error that begins with `where`. */
export function checkedClass(value: number | undefined, classes: number, where: string): number {
  if (value !== undefined && Number.isInteger(value) && value >= 0 && value < classes) return value;
  throw new FoveaError("bad-input", `${where}: expected a class index from 0 to ${classes - 1}, got ${value}`);
}
