/** @file Means of the measures of boxes' maps. */

import { meanInterval } from "../../statistics/mean-interval.js";
import { type Proportion, proportion } from "../../statistics/proportion.js";
import type { MeasuredBox, MeasuredMap } from "./measure-maps.js";

/** What is measured of a map of a box. */
export interface BoxMeasure {
  readonly name: keyof MeasuredMap;
  readonly title: string;
  readonly better: "higher" | "lower";
}

/** In the order in which they are told. */
export const boxMeasures: readonly BoxMeasure[] = [
  { name: "pointing", title: "pointing game", better: "higher" },
  { name: "energy", title: "energy in the own box", better: "higher" },
  { name: "others", title: "energy in other objects (ODI)", better: "lower" },
  { name: "deletion", title: "deletion", better: "lower" },
  { name: "insertion", title: "insertion", better: "higher" },
];

/** A mean with its 95 % interval, of so many boxes. */
export interface BoxMean extends Proportion {
  readonly boxes: number;
}

/** The maps of one method or baseline. */
export interface MapSummary {
  readonly name: string;
  /** Boxes whose curves were asked for. */
  readonly followed: number;
  /** Missing where no box could be measured. */
  readonly measures: Readonly<Partial<Record<keyof MeasuredMap, BoxMean>>>;
}

/** A row for each method and baseline, in the order in which they were measured. */
export function summariseMaps(boxes: readonly MeasuredBox[]): MapSummary[] {
  const names = new Set(boxes.flatMap(({ maps }) => [...maps.keys()]));
  return [...names].map((name) => {
    const all = boxes.flatMap(({ maps }) => maps.get(name) ?? []);
    const measures = boxMeasures.flatMap((measure): [keyof MeasuredMap, BoxMean][] => {
      const values = all.flatMap((map) => map[measure.name] ?? []);
      if (values.length === 0) return [];
      return [[measure.name, { boxes: values.length, ...meanOf(name, measure, values) }]];
    });
    return { name, followed: boxes.filter(({ followed }) => followed).length, measures: Object.fromEntries(measures) };
  });
}

/** Hits have Wilson's interval, which keeps a width where all are hits; curves may leave 0 to 1. */
function meanOf(source: string, { name }: BoxMeasure, values: readonly number[]): Proportion {
  if (name === "pointing" && source !== "random")
    return proportion(
      values.reduce((sum, hit) => sum + hit, 0),
      values.length,
    );
  return meanInterval(values, name === "deletion" || name === "insertion" ? [-1, 2] : [0, 1]);
}
