/** @file Localisation: whether maps find the objects of photos with boxes, and find them better than baselines. */

import type { FloatMap } from "../../image/map/heatmap.js";
import type { Box } from "../../image/picture/resize.js";
import { meanInterval } from "../statistics/mean-interval.js";
import { type Proportion, proportion } from "../statistics/proportion.js";
import { centreMap, uniformMap } from "../trial/baseline-maps.js";
import { evidenceInside, type PointingOptions, pointingGame } from "../trial/evidence.js";

/** The measure of a map, beside those of the baselines. */
export interface Compared<Value = number> {
  readonly map: Value;
  /** The centre point, or the Gaussian around it; see `centreMap`. */
  readonly centre: Value;
  /** The expected value of a random point or map; see `uniformMap`. */
  readonly random: Value;
}

/** A photo's map. A blank one finds nothing: both measures are 0. */
export interface Localisation {
  readonly pointing: Compared;
  readonly energy: Compared;
  readonly blank: boolean;
}

export interface LocaliseOptions extends PointingOptions {
  /** The part of the photo that the network saw; baselines know it, too. Default all of it. */
  readonly seen?: Box;
}

/**
 * Pointing game and energy inside the boxes of a map over a photo, and of the baselines over the same part of the photo.
 * @param map placed on the photo, of its size or smaller
 * @param boxes the objects, in pixels of the map
 */
export function localise(map: FloatMap, boxes: readonly Box[], options: LocaliseOptions = {}): Localisation {
  const maps: Compared<FloatMap> = {
    map,
    centre: centreMap(map, options.seen),
    random: uniformMap(map, options.seen),
  };
  const comparedBy = (measure: (map: FloatMap) => number | undefined): Compared => ({
    map: measure(maps.map) ?? 0,
    centre: measure(maps.centre) ?? 0,
    random: measure(maps.random) ?? 0,
  });
  return {
    pointing: comparedBy((each) => pointingGame(each, boxes, options)),
    energy: comparedBy((each) => evidenceInside(each, boxes)),
    blank: evidenceInside(map, boxes) === undefined,
  };
}

/** Means over photos, with 95 % intervals, and how far the maps are above each baseline on the same photos. */
export interface LocalisationSummary {
  readonly photos: number;
  readonly blank: number;
  readonly pointing: MeasureSummary;
  readonly energy: MeasureSummary;
}

export interface MeasureSummary extends Compared<Proportion> {
  /** Means of the paired differences, -1 to 1. */
  readonly above: Omit<Compared<Proportion>, "map">;
}

/** Sums up the localisation of maps over many photos. */
export function summariseLocalisation(all: readonly Localisation[]): LocalisationSummary {
  return {
    photos: all.length,
    blank: all.filter(({ blank }) => blank).length,
    pointing: summaryOf(
      all.map(({ pointing }) => pointing),
      hitRate,
    ),
    energy: summaryOf(
      all.map(({ energy }) => energy),
      meanInterval,
    ),
  };
}

type Mean = (values: readonly number[]) => Proportion;

/** Hits and misses have Wilson's interval, which keeps a width where all are hits. */
const hitRate: Mean = (hits) =>
  proportion(
    hits.reduce((sum, hit) => sum + hit, 0),
    hits.length,
  );

function summaryOf(all: readonly Compared[], mean: Mean): MeasureSummary {
  const above = (name: "centre" | "random") =>
    meanInterval(
      all.map((each) => each.map - each[name]),
      [-1, 1],
    );
  return {
    map: mean(all.map(({ map }) => map)),
    centre: mean(all.map(({ centre }) => centre)),
    random: meanInterval(all.map(({ random }) => random)),
    above: { centre: above("centre"), random: above("random") },
  };
}
