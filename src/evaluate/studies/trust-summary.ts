/** @file The results of a study of trust: means with intervals, verdicts against baselines, and a sentence for each method. */

import type { Metric } from "../metrics/metric.js";
import type { Mean } from "../statistics/bootstrap.js";
import { proportion } from "../statistics/proportion.js";
import { signFlipInterval } from "../statistics/sign-flip-interval.js";
import { sum } from "../statistics/sums.js";
import { imagesNeeded, type Verdict } from "./judge.js";
import { type Comparisons, compareWithBaselines, overallVerdict } from "./trust-comparison.js";
import type { TrustMeasurement, TrustSource } from "./trust-measurement.js";
import { trustSentence } from "./trust-sentence.js";

/** A metric of a method or a baseline, over images; plain data. */
export interface MetricSummary {
  /** Over the images on which there was something to measure; null where there was none. */
  readonly mean: Mean | null;
  /** Of a method: against random maps of its size, a map of the centre, and one that is the same everywhere; null of a baseline. */
  readonly versus: Comparisons | null;
  /**
   * Of a method: better than every baseline that is to be beaten, worse than at least one, or no different from the strongest; null of
   * too few images, of metrics by which no baseline is to be beaten (how steady and how spread maps are), and of a baseline.
   */
  readonly verdict: Verdict | null;
}

export interface SourceSummary extends TrustSource {
  /** By metric. */
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  /** Says in a plain sentence how the method compares; null of a baseline. */
  readonly sentence: string | null;
}

/** The measurements of a trust study over many images, by method and baseline. */
export interface TrustSummary {
  /** Images. */
  readonly count: number;
  /** Comparisons of a method with a baseline by a metric; all are judged together. */
  readonly comparisons: number;
  /** How many images so many comparisons need at least, to tell anything. */
  readonly needed: number;
  /** By metric, how many images it measured nothing on, with any map: those that lack what it needs (`Metric.needs`). None is left out here. */
  readonly refused: Readonly<Record<string, number>>;
  readonly sources: readonly SourceSummary[];
}

export interface SummariseTrustOptions {
  readonly metrics: readonly Metric[];
  readonly sources: readonly TrustSource[];
}

/**
 * Means over images with 95 % intervals, and verdicts on the methods: sign-flip tests of the differences from baselines, image by image
 * (`pairedTest`), corrected by Holm over all comparisons of the table, so that the chance of any false verdict is at most 5 %.
 */
export function summariseTrust(
  measurements: readonly TrustMeasurement[],
  { metrics, sources }: SummariseTrustOptions,
): TrustSummary {
  const measured = metrics.filter(({ name }) => measurements.some(({ values }) => isMeasured(values, name)));
  const compared = compareWithBaselines(measurements, sources, measured);
  const [count, needed] = [measurements.length, imagesNeeded(compared.judged)];
  const refused = refusals(measurements, measured);
  const least = count - Math.max(0, ...Object.values(refused));
  return {
    ...{ count, comparisons: compared.judged, needed },
    refused,
    sources: sources.map((source) => {
      const entries = measured.map((metric): readonly [string, MetricSummary] => {
        const versus = compared.of(source, metric);
        const mean = meanOf(valuesOf(measurements, source, metric));
        return [metric.name, { mean, versus, verdict: versus && overallVerdict(versus, metric) }];
      });
      const comparisons = new Map(entries.map(([name, { mean, versus }]) => [name, mean && versus]));
      const sentence =
        source.control === null ? null : trustSentence(source, measured, { comparisons, count: least, needed });
      return { ...source, metrics: Object.fromEntries(entries), sentence };
    }),
  };
}

function isMeasured(values: TrustMeasurement["values"], metric: string): boolean {
  return Object.values(values).some((each) => each[metric] !== undefined);
}

/** By metric, on how many images it measured nothing; metrics that measured all are left out. */
function refusals(measurements: readonly TrustMeasurement[], metrics: readonly Metric[]): Record<string, number> {
  return Object.fromEntries(
    metrics.flatMap(({ name }) => {
      const images = measurements.filter(({ values }) => isRefused(values, name)).length;
      return images > 0 ? [[name, images]] : [];
    }),
  );
}

function isRefused(values: TrustMeasurement["values"], metric: string): boolean {
  return isMeasured(values, metric) && Object.values(values).every((each) => (each[metric] ?? null) === null);
}

function valuesOf(measurements: readonly TrustMeasurement[], { name }: TrustSource, metric: Metric): number[] {
  return measurements.flatMap(({ values }) => values[name]?.[metric.name] ?? []);
}

/** Hits and misses have Wilson's interval, which keeps a width where all are hits. */
function meanOf(values: readonly number[]): Mean | null {
  const areHits = values.length > 1 && values.every((value) => value === 0 || value === 1);
  if (!areHits) return signFlipInterval(values);
  const { value, low, high } = proportion(sum(values), values.length);
  return { count: values.length, mean: value, low, high };
}
