/** @file One map next to maps of chance: whether the network follows it more. */

import { random } from "../../foundation/random.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { metricNamed } from "../metrics/index.js";
import type { Metric } from "../metrics/metric.js";
import { signFlipInterval } from "../statistics/sign-flip-interval.js";
import { centreMap } from "../trial/baseline-maps.js";
import { randomMaps } from "../trial/map-source.js";
import { shuffledMap } from "../trial/shuffled-map.js";
import { sizeOfInput, type Trial } from "../trial/trial.js";

/** Maps that were drawn, by a metric. */
export interface DrawnMaps {
  /** With its 95 % interval. */
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A metric of a map and of maps of chance; plain data. */
export interface ChanceComparison {
  readonly metric: string;
  readonly better: Metric["better"];
  readonly value: number;
  /** Noise as coarse as the map. */
  readonly random: DrawnMaps;
  /** How many of the random maps this one is better than. */
  readonly beaten: number;
  readonly draws: number;
  /** The map's own values in other places, see `shuffledMap`. */
  readonly shuffled: DrawnMaps & { readonly beaten: number; readonly draws: number };
  /** What the image lacks to be measured by the metric (`Metric.needs`); the numbers are NaN then. */
  readonly refused?: string;
  /** A map that always shows the centre. */
  readonly centre: number;
  /** How likely a shuffled map would be as good as this one: (1 + those that are) / (1 + draws). */
  readonly pValue: number;
}

export interface VersusChanceOptions {
  /** Those that ask only the network. Default deletion and insertion. */
  readonly metrics?: readonly string[];
  /** How many random maps. Default 10. */
  readonly draws?: number;
  /** How many times its own values are shuffled. Default 19, the fewest that can show anything at 5 %. */
  readonly shuffles?: number;
  /** Called before each map is measured; an error thrown from it ends the work. */
  readonly onMap?: (map: number, maps: number) => void;
}

/** @param trial the image, its class, the map, and a seed */
export async function compareWithChance(
  trial: Pick<Trial, "network" | "image" | "target" | "map" | "seed">,
  { metrics = ["deletion", "insertion"], draws = 10, shuffles = 19, onMap }: VersusChanceOptions = {},
): Promise<ChanceComparison[]> {
  const { image, target, map, seed } = trial;
  const source = randomMaps("random", map);
  const maps: FloatMap[] = [map, centreMap(sizeOfInput(trial))];
  for (let i = 0; i < draws; i++) maps.push(...(await source.maps(image, target, `${seed}/${i}`)));
  for (let i = 0; i < shuffles; i++) maps.push(shuffledMap(map, random(seed).fork(`shuffled map ${i}`)));
  const measures = metrics.map(metricNamed);
  const values: number[][] = measures.map(() => []);
  for (const [i, each] of maps.entries()) {
    onMap?.(i, maps.length);
    const complete: Trial = { ...trial, map: each, explain: async ({ dims }) => Array(dims[0]).fill(each) };
    for (const [m, metric] of measures.entries()) {
      // What the image lacks, it lacks with every map.
      const isRefused = i > 0 && Number.isNaN(values[m]?.[0]);
      values[m]?.push((isRefused ? undefined : await metric.measure(complete)) ?? Number.NaN);
    }
  }
  return measures.map(({ name, better, needs }, m) => {
    const [value = Number.NaN, centre = Number.NaN, ...drawn] = values[m] ?? [];
    const [randoms, shuffled] = [drawn.slice(0, draws), drawn.slice(draws)];
    const beatenOf = (others: readonly number[]) =>
      others.filter((other) => (better === "higher" ? value > other : value < other)).length;
    const beaten = beatenOf(shuffled);
    return {
      ...{ metric: name, better, value },
      ...(Number.isNaN(value) && needs !== undefined ? { refused: needs } : {}),
      ...{ random: drawnMaps(randoms, seed), beaten: beatenOf(randoms), draws },
      shuffled: { ...drawnMaps(shuffled, seed), beaten, draws: shuffles },
      centre,
      pValue: (1 + shuffles - beaten) / (1 + shuffles),
    };
  });
}

function drawnMaps(values: readonly number[], seed: number | string): DrawnMaps {
  const { mean = Number.NaN, low = null, high = null } = signFlipInterval(values, { seed }) ?? {};
  return { mean, low, high };
}
