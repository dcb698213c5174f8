/** @file What the maps of boxes are worth. */

import type { MeasuredMap } from "../../../evaluate/detection/study/measure-maps.js";
import { type BoxMean, boxMeasures } from "../../../evaluate/detection/study/summarise-maps.js";
import { counted } from "../../../foundation/words.js";
import { drawTable } from "../../page/draw-table.js";
import { fixed, percentage } from "../../page/format.js";
import { html } from "../../page/html.js";
import type { SectionContent } from "../../page/parts.js";
import { type Cell, counting, named, none, plain } from "../../plain-table.js";
import type { DetectionReportData } from "../detection-data.js";
import { capital } from "./words.js";

const sources: Readonly<Record<string, string>> = {
  random: "Random map",
  box: "The box itself",
  gaussian: "A Gaussian in the box",
};

export function mapsSection({ maps }: DetectionReportData): SectionContent | undefined {
  const shown = boxMeasures.filter(({ name }) => maps.summary.some(({ measures }) => measures[name]));
  if (shown.length === 0) return undefined;
  return {
    intro:
      "A map always shows something. Here it is measured whether the map of a box lies on its own object and not on others, and whether the detector follows it: its score should fall fast when the map’s pixels are taken, and rise fast when they are given. Next to it stand a random map, the found box itself as a map, and a Gaussian around its middle.",
    body: html`<div class="column">${drawTable({
      label: "Measures of maps",
      caption: `Means over ${counted(maps.boxes, "correct box", "correct boxes")} with 95\u202f% intervals. Deletion and insertion: the area under the score of the best box, 0 an empty picture, 1 the whole one.`,
      columns: [
        named("Measure"),
        named("Better"),
        ...maps.summary.map(({ name }) => counting(sources[name] ?? maps.method)),
      ],
      rows: shown.map(({ name, title, better }) => ({
        title: capital(title),
        cells: [plain(better), ...maps.summary.map(({ measures }) => cell(name, measures[name]))],
      })),
    })}</div>`,
  };
}

function cell(name: keyof MeasuredMap, mean: BoxMean | undefined): Cell {
  if (mean === undefined) return none;
  const { value, low, high, boxes } = mean;
  const curve = name === "deletion" || name === "insertion";
  const show = (share: number, digits: number) => (curve ? fixed(share, digits + 2) : percentage(share, digits));
  const range = boxes > 1 ? { range: `${show(low, 0)} to ${show(high, 0)}` } : {};
  return { text: show(value, 1), ...range, isStrong: true };
}
