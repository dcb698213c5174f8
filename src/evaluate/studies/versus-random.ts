/** @file One map next to random maps of its size: whether the network follows it more than chance. */

import type { FloatMap } from "../../image/map/heatmap.js";
import { metricNamed } from "../metrics/index.js";
import type { Metric } from "../metrics/metric.js";
import { bootstrapMean } from "../statistics/bootstrap.js";
import { randomMaps } from "../trial/map-source.js";
import type { Trial } from "../trial/trial.js";

/** A metric of a map and of random ones; plain data. */
export interface RandomComparison {
  readonly metric: string;
  readonly better: Metric["better"];
  readonly value: number;
  /** Mean over the random maps, with its 95 % interval. */
  readonly random: { readonly mean: number; readonly low: number | null; readonly high: number | null };
  /** How many of the random maps this one is better than. */
  readonly beaten: number;
  readonly draws: number;
}

export interface VersusRandomOptions {
  /** Those that ask only the network. Default deletion and insertion. */
  readonly metrics?: readonly string[];
  /** How many random maps. Default 10. */
  readonly draws?: number;
  /** Called before each map is measured; an error thrown from it ends the work. */
  readonly onMap?: (map: number, maps: number) => void;
}

/** @param trial the image, its class, the map, and a seed */
export async function compareWithRandomMaps(
  trial: Pick<Trial, "network" | "image" | "target" | "map" | "seed">,
  { metrics = ["deletion", "insertion"], draws = 10, onMap }: VersusRandomOptions = {},
): Promise<RandomComparison[]> {
  const { image, target, map, seed } = trial;
  const source = randomMaps("random", map);
  const maps: FloatMap[] = [map];
  for (let i = 0; i < draws; i++) maps.push(...(await source.maps(image, target, `${seed}/${i}`)));
  const measures = metrics.map(metricNamed);
  const values: number[][] = measures.map(() => []);
  for (const [i, each] of maps.entries()) {
    onMap?.(i, maps.length);
    const complete: Trial = { ...trial, map: each, explain: async ({ dims }) => Array(dims[0]).fill(each) };
    for (const [m, metric] of measures.entries()) values[m]?.push((await metric.measure(complete)) ?? Number.NaN);
  }
  return measures.map(({ name, better }, m) => {
    const [value = Number.NaN, ...random] = values[m] ?? [];
    const { mean = Number.NaN, low = null, high = null } = bootstrapMean(random, seed) ?? {};
    const beaten = random.filter((other) => (better === "higher" ? value > other : value < other)).length;
    return { metric: name, better, value, random: { mean, low, high }, beaten, draws };
  });
}
