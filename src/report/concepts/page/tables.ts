/** @file All concepts at a glance, and what each is worth for each class. */

import type { Proportion } from "../../../evaluate/statistics/proportion.js";
import { counted } from "../../../foundation/words.js";
import { drawTable } from "../../page/draw-table.js";
import { percentage } from "../../page/format.js";
import { html } from "../../page/html.js";
import type { SectionContent } from "../../page/parts.js";
import { type Cell, counting, named, none, plain } from "../../plain-table.js";
import type { ClassWorthReport, ConceptsReportData } from "../concepts-data.js";
import { directionOf, explained, howToRead, two } from "./words.js";

export function glanceSection(data: ConceptsReportData): SectionContent {
  const most = Math.max(1e-9, ...data.concepts.map(({ importance }) => importance.value));
  return {
    intro: howToRead.importance,
    body: html`<div class="column">${drawTable({
      label: "All concepts",
      caption: `For ${explained(data)}, means over ${counted(data.study.images, "image")}${data.study.images > 1 ? " with 95\u202f% intervals" : ""}.`,
      columns: [
        named("Concept"),
        counting("Importance"),
        counting("Score falls by"),
        counting("Another answer"),
        counting("In images"),
        named("Stable"),
      ],
      rows: data.concepts.map(({ number, importance, drop, changes, present, stable }) => ({
        title: String(number),
        cells: [
          { ...numberCell(importance), bar: importance.value / most },
          numberCell(drop),
          plain(percentage(changes, 0)),
          plain(percentage(present, 0)),
          plain(stable ? "yes" : "no"),
        ],
      })),
    })}</div>`,
  };
}

export function classesSection(data: ConceptsReportData): SectionContent | undefined {
  if (data.classes.length < 2) return undefined;
  return {
    intro:
      "The importance of each concept for the score of each class, over the images that have the concept. A plus says that it raises the score, a minus that it lowers it. Without a sign neither can be told.",
    body: html`<div class="column">${drawTable({
      label: "Importance for each class",
      caption: `Classes that the images are taken for, the most frequent first. Means${data.study.images > 1 ? " with 95\u202f% intervals" : ""}.`,
      columns: [named("Concept"), ...data.classes.map(counting)],
      rows: data.concepts.map(({ number, classes }) => ({ title: String(number), cells: classes.map(worthCell) })),
    })}</div>`,
  };
}

function worthCell(worth: ClassWorthReport | undefined): Cell {
  if (worth === undefined) return none;
  const { text, ...rest } = numberCell(worth.importance);
  const direction = directionOf(worth.drop);
  const sign = direction === "raises" ? "+" : direction === "lowers" ? "−" : "";
  return { ...rest, text: `${sign}${text}`, isStrong: sign !== "" };
}

function numberCell({ value, low, high }: Proportion): Cell {
  return { text: two(value), ...(low < high ? { range: `${two(low)} to ${two(high)}` } : {}) };
}
