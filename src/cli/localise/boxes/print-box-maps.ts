/** @file Prints the measures of boxes' maps, a column for each method and baseline. */

import { needsBoxRise as needsRise } from "../../../evaluate/detection/study/map-curves.js";
import {
  type BoxMean,
  type BoxMeasure,
  boxMeasures,
  type MapSummary,
} from "../../../evaluate/detection/study/summarise-maps.js";
import { counted, percent } from "../../../foundation/words.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { print, printLines } from "../../terminal/print.js";
import { table } from "../../terminal/table.js";

export interface PrintedBoxMaps {
  readonly maps: readonly MapSummary[];
  readonly boxes: number;
  readonly source: string;
  /** Assumptions about the model, in words. */
  readonly notes: readonly string[];
}

export function printBoxMaps(named: NamedModel, { maps, boxes, source, notes }: PrintedBoxMaps): void {
  print(modelLine(named));
  print(`maps of ${counted(boxes, "box", "boxes")} that are objects: ${source}`);
  for (const each of notes) print(each);
  print();
  const shown = boxMeasures.filter(({ name }) => maps.some(({ measures }) => measures[name]));
  const rows = shown.map((measure) => [
    `${measure.title} (${measure.better})`,
    ...maps.map(({ measures }) => cell(measure, measures[measure.name])),
  ]);
  printLines(table(["", ...maps.map(({ name }) => name)], rows));
  print();
  print("means with 95 % intervals; in brackets which values are better");
  print(
    "random: the expected value of a random map, and a random order of pixels; box: the found box itself, filled; gaussian: one around its middle",
  );
  if (maps.some(({ measures }) => measures.deletion || measures.insertion)) {
    print(`deletion and insertion: area under the score of the best box, 0 an empty image, 1 the whole one`);
  }
  for (const line of leftOut(maps)) print(line);
}

/** Of how many boxes a curve could be measured. */
function leftOut(maps: readonly MapSummary[]): string[] {
  return (["deletion", "insertion"] as const).flatMap((name) => {
    const most = Math.max(...maps.map(({ measures }) => measures[name]?.boxes ?? 0));
    const followed = Math.max(...maps.flatMap(({ followed: all }) => all));
    if (most === followed) return [];
    return [`${name}: left out ${followed - most} of ${counted(followed, "box", "boxes")}: asked for is ${needsRise}`];
  });
}

/** Of one box nothing is known of the spread. */
function cell({ name }: BoxMeasure, mean: BoxMean | undefined): string {
  if (mean === undefined) return "-";
  const { value, low, high, boxes } = mean;
  const isCurve = name === "deletion" || name === "insertion";
  const between = isCurve ? [low, high].map((end) => end.toFixed(2)) : [low, high].map((end) => percent(end, 0));
  const interval = boxes > 1 ? ` (${between.join(" to ")})` : "";
  return `${isCurve ? value.toFixed(3) : percent(value, 1)}${interval}`;
}
