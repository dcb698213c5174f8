/** @file Predictions and their explanations before and after an attack. */

import type { Explanation } from "../../explain/explanation.js";
import { rowOfClass } from "../../explain/explanation.js";
import { mapOf } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { at } from "../../foundation/present.js";
import { mapPeak } from "../../image/map/heatmap.js";
import type { Tensor } from "../../onnx/tensor.js";
import { type Proportion, proportion } from "../statistics/proportion.js";
import { rankCorrelation } from "../statistics/rank-correlation.js";
import { mean } from "../statistics/sums.js";
import type { Attack, AttackOptions } from "./attack.js";

export interface AttackedPrediction {
  readonly predicted: number;
  /** Probability of the predicted class. */
  readonly confidence: number;
  readonly probabilityOfTruth: number;
}

/** One image before and after an attack; plain data. */
export interface AttackOutcome {
  /** The true class. */
  readonly label: number;
  readonly before: AttackedPrediction;
  readonly after: AttackedPrediction;
  /** The prediction before was the true class. */
  readonly correct: boolean;
  /** The prediction changed. */
  readonly flipped: boolean;
  /** The map of the true class is zero everywhere after the attack: nothing raises its score any more. */
  readonly blank: boolean;
  /** Spearman's ρ of the true class' raw map before and after; null where one of them is the same everywhere, as a blank map is. */
  readonly rankCorrelation: number | null;
  /** The same of the evidence, which is the map before its ReLU. */
  readonly evidenceCorrelation: number | null;
}

export interface AttackedImages {
  readonly outcomes: readonly AttackOutcome[];
  /** The attacked images, every pixel a whole number, so that a file can hold what was measured. */
  readonly images: Tensor;
  /** Of the true class. */
  readonly before: Explanation;
  readonly after: Explanation;
}

export interface AttackStudyOptions extends Omit<AttackOptions, "whole"> {
  /** The true class of each image. Default: the one predicted before the attack. */
  readonly labels?: ArrayLike<number>;
}

/** Attacks a batch of images and explains their true classes before and after. */
export async function attackImages(
  explainer: Pick<Explainer, "explain">,
  attack: Attack,
  images: Tensor,
  { labels: given, ...options }: AttackStudyOptions = {},
): Promise<AttackedImages> {
  const before = await explainer.explain(images, given ? { labels: given } : {});
  const labels = given ?? before.predicted;
  const attacked = await attack.run(images, labels, { ...options, whole: true });
  const after = await explainer.explain(attacked.images, { labels });
  const outcomes = Array.from(labels, (label, i): AttackOutcome => {
    const [was, is] = [predictionOf(before, i, label), predictionOf(after, i, label)];
    return {
      label,
      before: was,
      after: is,
      correct: was.predicted === label,
      flipped: was.predicted !== is.predicted,
      blank: mapPeak(mapOf(after, i)) === 0,
      rankCorrelation: correlation(before.maps, after.maps, i),
      evidenceCorrelation: correlation(before.evidence, after.evidence, i),
    };
  });
  return { outcomes, images: attacked.images, before, after };
}

function predictionOf(explanation: Explanation, i: number, label: number): AttackedPrediction {
  const { predicted, probabilities } = explanation.at(i);
  return {
    predicted: predicted.index,
    confidence: predicted.probability,
    probabilityOfTruth: at(probabilities, label),
  };
}

/** Of the i-th image's parts of two tensors [N, 1, h, w]. */
function correlation(before: Tensor, after: Tensor, i: number): number | null {
  return rankCorrelation(rowOfClass(before, i, 0), rowOfClass(after, i, 0)) ?? null;
}

/** Of rank correlations, over the images that have one. */
export interface CorrelationSummary {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
}

/** The outcomes of an attack over many images, with 95 % intervals. */
export interface AttackSummary {
  readonly count: number;
  /** Correct predictions before the attack. */
  readonly correct: number;
  /** Of these, how many changed. */
  readonly flipped: number;
  readonly flippedShare: Proportion;
  /** Share of all images that are classified correctly under attack. */
  readonly accuracy: Proportion;
  /** Images that were not seen as the target before, and of these those that now are; null without a target. */
  readonly reached: { readonly count: number; readonly of: number; readonly share: Proportion } | null;
  /** Maps of the true class that are zero everywhere after the attack. */
  readonly blank: number;
  /** Null where no image has one. */
  readonly rankCorrelation: CorrelationSummary | null;
  readonly evidenceCorrelation: CorrelationSummary | null;
}

/**
 * Sums up the outcomes of an attack.
 * @param target the class that was aimed at, if any
 */
export function summariseAttack(outcomes: readonly AttackOutcome[], target?: number): AttackSummary {
  const correct = outcomes.filter((outcome) => outcome.correct);
  const flipped = correct.filter((outcome) => outcome.flipped).length;
  const right = outcomes.filter(({ label, after }) => label === after.predicted).length;
  const others = outcomes.filter(({ before }) => before.predicted !== target);
  const reached = others.filter(({ after }) => after.predicted === target).length;
  return {
    count: outcomes.length,
    correct: correct.length,
    flipped,
    flippedShare: proportion(flipped, correct.length),
    accuracy: proportion(right, outcomes.length),
    reached:
      target === undefined ? null : { count: reached, of: others.length, share: proportion(reached, others.length) },
    blank: outcomes.filter(({ blank }) => blank).length,
    rankCorrelation: correlationSummary(outcomes.flatMap(({ rankCorrelation }) => rankCorrelation ?? [])),
    evidenceCorrelation: correlationSummary(outcomes.flatMap(({ evidenceCorrelation }) => evidenceCorrelation ?? [])),
  };
}

function correlationSummary(values: readonly number[]): CorrelationSummary | null {
  return values.length === 0 ? null : { count: values.length, mean: mean(values), median: median(values) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return (at(sorted, below) + at(sorted, above)) / 2;
}
