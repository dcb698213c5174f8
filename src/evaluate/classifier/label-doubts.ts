/** @file Labels that a classifier contradicts, by confident learning: which labels of a data set may be wrong. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";

/** Calibrated probabilities of labelled images. */
export interface CalibratedOutput {
  /** [count, classes], each row summing to 1; after temperature scaling. */
  readonly probabilities: Float32Array;
  /** -1 for an image whose class is none of them. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** What is asked of a class before the classifier's word counts against a label of it, and for another one. */
export const labelFloors = {
  /** Images labelled with it: of fewer neither accuracy nor confidence is known. */
  images: 10,
  /** Share of them that the classifier gets right. */
  accuracy: 0.9,
  /** Least calibrated probability of the other class, whatever is usual of it. */
  confidence: 0.9,
} as const;

/** A class as confident learning sees it. */
interface UsualClass {
  readonly images: number;
  readonly accuracy: number;
  /** The threshold: the mean calibrated probability of the class on the images labelled with it; 1 without any. */
  readonly confidence: number;
}

/**
 * For each image the class that its label may rather be, undefined for a label that stands. The confident joint of Northcutt, Jiang and
 * Chuang ("Confident learning", JAIR 2021, equations 1 and 2): an image labelled i counts for class j where j is its likeliest class
 * and has at least the mean probability that j has on its own images; every count off the diagonal is a doubt. Beyond the paper both
 * classes must pass `labelFloors`: a classifier that often mistakes a class says little about its labels.
 * @throws FoveaError `shape-mismatch`
 */
export function labelDoubts(output: CalibratedOutput): (number | undefined)[] {
  return confidentAnswers(output).map((answer, i) =>
    answer === undefined || answer.said === output.labels[i] ? undefined : answer.said,
  );
}

/**
 * How many doubts a classifier as sure as this one gives where all labels are right: the sum of 1 - p over all answers that are sure
 * enough for one.
 * @param output calibrated without the labels that are in doubt: they would make every confidence look too high
 * @throws FoveaError `shape-mismatch`
 */
export function expectedDoubts(output: CalibratedOutput): number {
  return confidentAnswers(output).reduce((sum, answer) => sum + (answer === undefined ? 0 : 1 - answer.confidence), 0);
}

/** The answers that are sure enough to count, right or wrong. */
function confidentAnswers(output: CalibratedOutput) {
  const { probabilities, labels, classes } = output;
  const usual = usualClasses(output);
  const trusted = ({ images, accuracy }: UsualClass) =>
    images >= labelFloors.images && accuracy >= labelFloors.accuracy;
  return Array.from(labels, (label, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const said = likeliest(row);
    if (label < 0 || !trusted(at(usual, label)) || !trusted(at(usual, said))) return undefined;
    const confidence = at(row, said);
    const threshold = Math.max(labelFloors.confidence, at(usual, said).confidence);
    return confidence >= threshold ? { said, confidence } : undefined;
  });
}

/** Of each class its images, the classifier's accuracy on them, and how sure of it it usually is there. */
function usualClasses({ probabilities, labels, classes }: CalibratedOutput): UsualClass[] {
  if (probabilities.length !== labels.length * classes) {
    const expected = `${labels.length} images × ${classes} classes`;
    throw new FoveaError("shape-mismatch", `labelDoubts: expected ${expected}, got ${probabilities.length} numbers`);
  }
  const sums = Array.from({ length: classes }, () => ({ images: 0, right: 0, confidence: 0 }));
  for (const [i, label] of Array.from(labels).entries()) {
    const sum = sums[label];
    if (sum === undefined) continue;
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    sum.images++;
    sum.right += likeliest(row) === label ? 1 : 0;
    sum.confidence += at(row, label);
  }
  return sums.map(({ images, right, confidence }) => ({
    images,
    accuracy: images === 0 ? 0 : right / images,
    confidence: images === 0 ? 1 : confidence / images,
  }));
}

function likeliest(row: Float32Array): number {
  return row.reduce((best, value, k) => (value > at(row, best) ? k : best), 0);
}
