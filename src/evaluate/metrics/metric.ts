/** @file A measure of trust: a number for a map of one class on one image. */

import type { Trial } from "../trial/trial.js";

/**
 * The question that a metric asks of a map: whether the network follows it, whether it lies where the object is (which needs boxes), whether it
 * is steady, how it is spread. Only of the first two is it good to beat the baselines. It is the name of the metric's folder, too.
 */
export type MetricKind = "faithfulness" | "localisation" | "robustness" | "spread";

/** A measure of how far a map can be trusted. */
export interface Metric {
  /** As it is written on the command line. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Where it was published: authors, venue and year, as in "Petsiuk et al., BMVC 2018"; the year ends it. */
  readonly paper: string;
  readonly kind: MetricKind;
  /** The better values. */
  readonly better: "higher" | "lower";
  /** The value of a baseline, in a few words. */
  readonly baseline: string;
  /** Inferences and explanations for one map, in a few words. */
  readonly passes: string;
  /** A known fault of it, in one sentence, with a capital and a full stop. */
  readonly weakness: string;
  /** What an image must have to be measured, in a few words; images without it are counted. Default nothing. */
  readonly needs?: string;
  /** Undefined where there is nothing to measure, as the spread of a map that is zero everywhere. */
  readonly measure: (trial: Trial) => Promise<number | undefined>;
}
