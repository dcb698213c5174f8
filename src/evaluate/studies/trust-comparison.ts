/** @file Methods against the baselines of a trust study, metric by metric: all comparisons of a table, judged together. */

import type { Metric } from "../metrics/metric.js";
import type { Mean } from "../statistics/bootstrap.js";
import { signFlipInterval } from "../statistics/sign-flip-interval.js";
import { type Judgement, judge, type Verdict } from "./judge.js";
import type { TrustMeasurement, TrustSource } from "./trust-measurement.js";

/** Maps that don't depend on the network: random ones of the method's size, the centre, and one that is the same everywhere. */
export const baselineNames = ["random", "centre", "uniform"] as const;
export type BaselineName = (typeof baselineNames)[number];

/** A method against a baseline; plain data. */
export interface BaselineComparison {
  /** The method's value minus the baseline's, image by image. */
  readonly difference: Mean | null;
  /** Of the sign-flip test, corrected for all comparisons of the table; null where the baseline is not one to beat. */
  readonly pValue: number | null;
  /** Whether the difference is for the better or the worse; null of too few images, and where the baseline is not one to beat. */
  readonly verdict: Verdict | null;
  /** Of no different ones: the smallest difference that so many images would most likely have shown. */
  readonly smallestShown: number | null;
}

export type Comparisons = Readonly<Record<BaselineName, BaselineComparison>>;

/** The baselines that it is good to beat by a metric. */
export function baselinesToBeat({ kind, uniformIsChance }: Metric): readonly BaselineName[] {
  if (kind !== "faithfulness" && kind !== "localisation") return [];
  return uniformIsChance ? baselineNames : ["random", "centre"];
}

interface Compared {
  readonly source: TrustSource;
  readonly metric: Metric;
  readonly baseline: BaselineName;
  readonly differences: readonly number[];
}

/** All comparisons of a study. */
export interface ComparedTrust {
  /** How many were judged together. */
  readonly judged: number;
  /** Of a method by a metric; null of a baseline. */
  of(source: TrustSource, metric: Metric): Comparisons | null;
}

export function compareWithBaselines(
  measurements: readonly TrustMeasurement[],
  sources: readonly TrustSource[],
  metrics: readonly Metric[],
): ComparedTrust {
  const all = sources
    .filter(({ control }) => control !== null)
    .flatMap((source) =>
      metrics.flatMap((metric) =>
        baselineNames.map((baseline): Compared => {
          const name = baseline === "random" ? (source.control ?? baseline) : baseline;
          return { source, metric, baseline, differences: differencesOf(measurements, metric, source.name, name) };
        }),
      ),
    );
  const judged = all.filter(
    ({ metric, baseline, differences }) => differences.length > 0 && baselinesToBeat(metric).includes(baseline),
  );
  const judgements = new Map<Compared, Judgement>();
  const results = judge(judged.map(({ differences, metric: { better } }) => ({ differences, better })));
  for (const [i, each] of judged.entries()) judgements.set(each, results[i] as Judgement);
  return {
    judged: judged.length,
    of(source, metric) {
      if (source.control === null) return null;
      const found = all.filter((each) => each.source === source && each.metric === metric);
      const entries = found.map((each) => [each.baseline, comparison(each, judgements.get(each))]);
      return Object.fromEntries(entries) as Comparisons;
    },
  };
}

function comparison({ differences }: Compared, judgement: Judgement | undefined): BaselineComparison {
  const difference = signFlipInterval(differences);
  return { difference, ...(judgement ?? { pValue: null, verdict: null, smallestShown: null }) };
}

/** Of the images on which both have a value. */
function differencesOf(
  measurements: readonly TrustMeasurement[],
  { name }: Metric,
  method: string,
  baseline: string,
): number[] {
  return measurements.flatMap(({ values }) => {
    const [ours, theirs] = [values[method]?.[name], values[baseline]?.[name]];
    return ours == null || theirs == null ? [] : [ours - theirs];
  });
}

/** Against the strongest baseline: better than all that are to be beaten, worse than one of them, or neither. */
export function overallVerdict(comparisons: Comparisons, metric: Metric): Verdict | null {
  const verdicts = baselinesToBeat(metric).map((baseline) => comparisons[baseline].verdict);
  if (verdicts.includes("worse")) return "worse";
  if (verdicts.length === 0 || verdicts.includes(null)) return null;
  return verdicts.every((verdict) => verdict === "better") ? "better" : "no different";
}
