/** @file Calibration: whether a confidence of 90 % is right nine times out of ten. */

import { at } from "../../foundation/present.js";
import type { ScoredPrediction } from "./predictions.js";

/** The images whose confidence lies in (from, to]. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** How many of them are right. */
  readonly correct: number;
  /** Mean confidence; 0 in an empty bin. */
  readonly confidence: number;
  /** Share that is right; 0 in an empty bin. */
  readonly accuracy: number;
}

export interface Calibration {
  /** Expected calibration error: the mean distance of accuracy from confidence, weighted by the bins' counts (Guo et al., ICML 2017, eq. 3). */
  readonly expectedCalibrationError: number;
  /** Mean confidence minus accuracy, over all images: above 0 is overconfident. */
  readonly overconfidence: number;
  readonly bins: readonly ReliabilityBin[];
  /** Mean of -ln(probability of the truth). */
  readonly negativeLogLikelihood: number;
  /** Mean over images of Σ over classes of (probability - truth)², from 0 to 2 (Brier, 1950). */
  readonly brier: number;
}

/** The smallest positive float32: the value of a softmax that underflowed to 0, so that the logarithm stays finite (and too kind). */
const smallest = 2 ** -149;

/** Calibration over bins of equal width on the confidence. Default of `bins`: 15, as in the paper. */
export function calibration(predictions: readonly ScoredPrediction[], bins = 15): Calibration {
  const sums = Array.from({ length: bins }, () => ({ count: 0, correct: 0, confidence: 0 }));
  let [right, confidences, likelihood, brier] = [0, 0, 0, 0];
  for (const { label, predicted, confidence, probabilityOfTruth, brier: own } of predictions) {
    const correct = predicted === label ? 1 : 0;
    const bin = at(sums, Math.max(0, Math.ceil(confidence * bins) - 1));
    bin.count += 1;
    bin.correct += correct;
    bin.confidence += confidence;
    right += correct;
    confidences += confidence;
    likelihood -= Math.log(Math.max(probabilityOfTruth, smallest));
    brier += own;
  }
  const count = predictions.length;
  return {
    expectedCalibrationError: sums.reduce((total, bin) => total + Math.abs(bin.correct - bin.confidence), 0) / count,
    overconfidence: (confidences - right) / count,
    bins: sums.map((bin, i) => ({
      from: i / bins,
      to: (i + 1) / bins,
      count: bin.count,
      correct: bin.correct,
      confidence: bin.count === 0 ? 0 : bin.confidence / bin.count,
      accuracy: bin.count === 0 ? 0 : bin.correct / bin.count,
    })),
    negativeLogLikelihood: likelihood / count,
    brier: brier / count,
  };
}
