/** @file The results of a study of trust: means with intervals, verdicts against baselines, and a sentence for each method. */

import { list } from "../../foundation/words.js";
import type { Metric } from "../metrics/metric.js";
import { bootstrapMean, type Mean } from "../statistics/bootstrap.js";
import type { TrustMeasurement, TrustSource } from "./trust-measurement.js";

/** A method against a baseline; plain data. */
export interface BaselineComparison {
  /** The method's value minus the baseline's, image by image. */
  readonly difference: Mean | null;
  /** Whether that is for the better or the worse, its interval being clear of 0; null below six images. */
  readonly verdict: Verdict | null;
}

export type Verdict = "better" | "worse" | "no different";

/** A metric of a method or a baseline, over images; plain data. */
export interface MetricSummary {
  /** Over the images on which there was something to measure; null where there was none. */
  readonly mean: Mean | null;
  /** Of a method: against random maps of its size, a map of the centre, and one that is the same everywhere; null of a baseline. */
  readonly versus: Readonly<Record<"random" | "centre" | "uniform", BaselineComparison>> | null;
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
  readonly sources: readonly SourceSummary[];
}

export interface SummariseTrustOptions {
  readonly metrics: readonly Metric[];
  readonly sources: readonly TrustSource[];
}

/** Means over images with 95 % bootstrap intervals; comparisons with random maps are paired. */
export function summariseTrust(
  measurements: readonly TrustMeasurement[],
  { metrics, sources }: SummariseTrustOptions,
): TrustSummary {
  const measuredMetrics = metrics.filter(({ name }) => measurements.some(({ values }) => measuredIn(values, name)));
  return {
    count: measurements.length,
    sources: sources.map((source) => {
      const entries = measuredMetrics.map(
        (metric) => [metric.name, metricSummary(measurements, source, metric)] as const,
      );
      return {
        ...source,
        metrics: Object.fromEntries(entries),
        sentence: source.control === null ? null : sentence(source, measuredMetrics, new Map(entries)),
      };
    }),
  };
}

function measuredIn(values: TrustMeasurement["values"], metric: string): boolean {
  return Object.values(values).some((each) => each[metric] !== undefined);
}

function metricSummary(
  measurements: readonly TrustMeasurement[],
  { name, control }: TrustSource,
  metric: Metric,
): MetricSummary {
  const valueFrom = ({ values }: TrustMeasurement, source: string) => values[source]?.[metric.name] ?? null;
  const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const mean = bootstrapMean(present(measurements.map((each) => valueFrom(each, name))));
  if (control === null) return { mean, versus: null };
  const against = (baseline: string): BaselineComparison => {
    const differences = measurements.map((each) => {
      const [methodValue, baselineValue] = [valueFrom(each, name), valueFrom(each, baseline)];
      return methodValue === null || baselineValue === null ? null : methodValue - baselineValue;
    });
    const difference = bootstrapMean(present(differences));
    return { difference, verdict: verdictOf(difference, metric) };
  };
  return { mean, versus: { random: against(control), centre: against("centre"), uniform: against("uniform") } };
}

/** Five images that agree happen by chance once in sixteen times. */
const fewestImages = 6;

function verdictOf(difference: Mean | null, { better }: Metric): Verdict | null {
  if (difference === null || difference.count < fewestImages) return null;
  if (difference.low === null || difference.high === null) return null;
  if (difference.low <= 0 && difference.high >= 0) return "no different";
  return difference.mean > 0 === (better === "higher") ? "better" : "worse";
}

/** Guided methods all but reconstruct the image, whatever the network has learnt. */
const guidedWarning =
  "Guided methods fail the randomisation tests of Adebayo et al. (2018): their maps hardly change when the weights are replaced by noise.";

function sentence(
  source: TrustSource,
  metrics: readonly Metric[],
  summaries: ReadonlyMap<string, MetricSummary>,
): string {
  const judged = metrics.filter(({ kind }) => kind === "faithfulness" || kind === "localisation");
  const verdict = (metric: string, baseline: "random" | "centre") => summaries.get(metric)?.versus?.[baseline].verdict;
  const metricsWith = (verdictWanted: Verdict) =>
    judged.flatMap(({ name }) => (verdict(name, "random") === verdictWanted ? [name] : []));
  const [better, worse, same] = [metricsWith("better"), metricsWith("worse"), metricsWith("no different")];
  const warning = source.name.startsWith("guided-") ? ` ${guidedWarning}` : "";
  if (judged.length === 0) return `${source.title}: not compared with random maps by these measures.${warning}`;
  if (better.length + worse.length + same.length === 0)
    return `${source.title}: too few images to tell it from random maps; six are the fewest.${warning}`;
  const parts = [
    better.length > 0
      ? `better than random maps of its size by ${list(better)}`
      : "by no measure better than random maps of its size",
    ...(same.length > 0 ? [`no different by ${list(same)}`] : []),
    ...(worse.length > 0 ? [`worse by ${list(worse)}`] : []),
  ];
  const central = better.filter((name) => verdict(name, "centre") !== "better");
  const centre = central.length > 0 ? ` A map that always shows the centre does as well by ${list(central)}.` : "";
  return `${source.title}: ${parts.join("; ")}.${centre}${warning}`;
}
