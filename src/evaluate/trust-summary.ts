/** @file What a study of trust found: means with intervals, what is better than chance, and a sentence for each method. */

import { bootstrapMean, type Mean } from "./bootstrap.js";
import type { Metric } from "./metrics/metric.js";
import type { TrustMeasurement, TrustSource } from "./trust-study.js";

/** A metric of a method or a baseline, over images; plain data. */
export interface MetricSummary {
  /** Over the images on which there was something to measure; null where there was none. */
  readonly mean: Mean | null;
  /** The method's value minus that of random maps of its size, image by image; null of a baseline. */
  readonly versusRandom: Mean | null;
  /** Whether that difference is for the better or the worse, its interval being clear of 0; null of a baseline and of too few images. */
  readonly verdict: "better" | "worse" | "no different" | null;
}

export interface SourceSummary extends TrustSource {
  /** By metric. */
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  /** What the numbers say, in a plain sentence; null of a baseline. */
  readonly sentence: string | null;
}

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
  const measured = metrics.filter(({ name }) => measurements.some(({ values }) => measuredIn(values, name)));
  return {
    count: measurements.length,
    sources: sources.map((source) => {
      const entries = measured.map((metric) => [metric.name, metricSummary(measurements, source, metric)] as const);
      return {
        ...source,
        metrics: Object.fromEntries(entries),
        sentence: source.control === null ? null : sentence(source, measured, new Map(entries)),
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
  if (control === null) return { mean, versusRandom: null, verdict: null };
  const differences = measurements.map((each) => {
    const [own, random] = [valueFrom(each, name), valueFrom(each, control)];
    return own === null || random === null ? null : own - random;
  });
  const versusRandom = bootstrapMean(present(differences));
  return { mean, versusRandom, verdict: verdictOf(versusRandom, metric) };
}

function verdictOf(difference: Mean | null, { better }: Metric): MetricSummary["verdict"] {
  if (difference === null || difference.low === null || difference.high === null) return null;
  if (difference.low <= 0 && difference.high >= 0) return "no different";
  return difference.mean > 0 === (better === "higher") ? "better" : "worse";
}

/** Guided methods all but reconstruct the image, whatever the network has learnt. */
const guidedWarning =
  "Guided methods fail the randomisation tests of Adebayo et al. (2018): their maps hardly change when the weights are replaced by noise.";

function sentence(source: TrustSource, metrics: readonly Metric[], found: ReadonlyMap<string, MetricSummary>): string {
  const told = metrics.filter(({ kind }) => kind === "faithfulness" || kind === "localisation");
  const named = (verdict: MetricSummary["verdict"]) =>
    told.filter(({ name }) => found.get(name)?.verdict === verdict).map(({ name }) => name);
  const [better, worse, same] = [named("better"), named("worse"), named("no different")];
  const warning = source.name.startsWith("guided-") ? ` ${guidedWarning}` : "";
  if (better.length + worse.length + same.length === 0)
    return `${source.title}: too few images to tell it from random maps.${warning}`;
  const parts = [
    better.length > 0
      ? `better than random maps of its size by ${listed(better)}`
      : "by no measure better than random maps of its size",
    ...(same.length > 0 ? [`no different by ${listed(same)}`] : []),
    ...(worse.length > 0 ? [`worse by ${listed(worse)}`] : []),
  ];
  return `${source.title}: ${parts.join("; ")}.${warning}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
