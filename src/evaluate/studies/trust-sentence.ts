/** @file Says in a sentence how a method's maps do beside the baselines. */

import { counted, list } from "../../foundation/words.js";
import type { Metric } from "../metrics/metric.js";
import { type BaselineName, baselinesToBeat, type Comparisons } from "./trust-comparison.js";
import type { TrustSource } from "./trust-measurement.js";

export interface SentenceOptions {
  /** By metric; null where nothing was measured. */
  readonly comparisons: ReadonlyMap<string, Comparisons | null>;
  /** Images that were measured, and that are needed at least. */
  readonly count: number;
  readonly needed: number;
}

const baselineTitles: Readonly<Record<BaselineName, string>> = {
  random: "random maps of its size",
  centre: "a centre map",
  uniform: "a uniform map",
};

/** Guided methods all but reconstruct the image, whatever the network has learnt. */
const guidedWarning =
  "Guided methods fail the randomisation tests of Adebayo et al. (2018): their maps hardly change when the weights are replaced by noise.";

/** By which metrics the maps are better than every baseline, worse than one, or no different; and what could not have shown. */
export function trustSentence(
  { name, title }: TrustSource,
  metrics: readonly Metric[],
  { comparisons, count, needed }: SentenceOptions,
): string {
  const warning = name.startsWith("guided-") ? ` ${guidedWarning}` : "";
  const phrases = new Map<string, string[]>();
  const few: string[] = [];
  for (const metric of metrics) {
    const versus = comparisons.get(metric.name);
    if (!versus || baselinesToBeat(metric).length === 0) continue;
    const phrase = phraseOf(metric, versus);
    if (phrase === undefined) few.push(metric.name);
    else phrases.set(phrase, [...(phrases.get(phrase) ?? []), metric.name + shown(metric, versus)]);
  }
  if (phrases.size + few.length === 0) return `${title}: not compared with baselines by these measures.${warning}`;
  const numbers = `${counted(count, "image")} measured, at least ${needed} needed for the comparisons of this table`;
  if (phrases.size === 0)
    return `${title}: too few images to tell it from random maps and a centre map: ${numbers}.${warning}`;
  const better = phrases.get(best);
  const parts = [
    better ? `${best} by ${list(better)}` : `by no measure ${best}`,
    ...[...phrases].flatMap(([phrase, names]) => (phrase === best ? [] : [`${phrase} by ${list(names)}`])),
    ...(few.length > 0 ? [`too few images to tell by ${list(few)}`] : []),
  ];
  return `${title}: ${parts.join("; ")}.${warning}`;
}

const best = "better than every baseline";

/** How a method compares with all baselines of a metric; undefined where there are too few images. */
function phraseOf(metric: Metric, versus: Comparisons): string | undefined {
  const against = (verdict: string) =>
    baselinesToBeat(metric)
      .filter((baseline) => versus[baseline].verdict === verdict)
      .map((baseline) => baselineTitles[baseline]);
  const [better, worse, same] = [against("better"), against("worse"), against("no different")];
  const beside = better.length > 0 ? `better than ${list(better)}, but ` : "";
  if (worse.length > 0) return `${beside}worse than ${list(worse)}`;
  if (same.length > 0) return `${beside}no different from ${list(same)}`;
  return better.length === baselinesToBeat(metric).length ? best : undefined;
}

/** The smallest difference that would most likely have shown, where none did. */
function shown(metric: Metric, versus: Comparisons): string {
  const values = baselinesToBeat(metric).map((baseline) => versus[baseline]);
  if (values.some(({ verdict }) => verdict === "worse")) return "";
  const smallest = Math.max(0, ...values.map(({ smallestShown }) => smallestShown ?? 0));
  return smallest > 0 ? ` (differences from ${smallest.toPrecision(2)} on would most likely have shown)` : "";
}
