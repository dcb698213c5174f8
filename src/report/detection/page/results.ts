/** @file The figures: average precision, each class, precision over recall, and the errors by kind. */

import { meanCurve } from "../../../evaluate/detection/average-precision.js";
import { errorMeanings } from "../../../evaluate/detection/error-kinds.js";
import { shownFrom } from "../../../evaluate/detection/evaluate-detections.js";
import { at } from "../../../foundation/present.js";
import { count, counted } from "../../../foundation/words.js";
import { barChart } from "../../page/charts/bar-chart.js";
import { lineChart } from "../../page/charts/line-chart.js";
import { drawTable } from "../../page/draw-table.js";
import { percentage } from "../../page/format.js";
import { type Html, html } from "../../page/html.js";
import type { SectionContent } from "../../page/parts.js";
import { type Cell, counting, named, none, plain } from "../../plain-table.js";
import type { DetectionReportData } from "../detection-data.js";
import { average, capital, points } from "./words.js";

export function results(data: DetectionReportData): SectionContent {
  const { evaluation, limits } = data;
  const { overall, images, objects, ignored, found } = evaluation;
  const tiles: [string, string, string][] = [
    ["AP50", average(overall.ap50), "an overlap of 0.5 counts"],
    ["AP75", average(overall.ap75), "an overlap of 0.75 counts"],
    ["AP small", average(overall.apSmall), "objects up to 32 × 32 pixels"],
    ["AP medium", average(overall.apMedium), "between"],
    ["AP large", average(overall.apLarge), "from 96 × 96 pixels on"],
    ["AR 100", average(overall.ar100), "recall of the 100 surest boxes"],
  ];
  const left = ignored > 0 ? ` ${capital(counted(ignored, "object"))} are ignored: crowds and difficult ones.` : "";
  return {
    intro: `Measured the way COCO does: boxes are matched to objects by score, precision is averaged over recall, classes, and overlaps from 0.5 to 0.95. ${counted(found, "box", "boxes")} with a score of ${limits.confidence} or more count.${left}`,
    body: html`<div class="column"><p class="headline"><b>${average(overall.ap)}</b> AP <small>on ${counted(images, "picture")} with ${counted(objects, "object")}</small></p>
<dl class="tiles">${tiles.map(([term, value, note]) => html`<div><dt>${term}</dt><dd>${value} <small>${note}</small></dd></div>`)}</dl>
<div class="pair">${classTable(data)}${curves(data)}</div></div>`,
  };
}

function classTable({ evaluation: { classes } }: DetectionReportData): Html {
  const listed = classes.filter(({ objects, found }) => objects + found > 0);
  const cell = (value: number | null): Cell => (value === null ? none : { text: percentage(value), bar: value });
  return drawTable({
    label: "Classes",
    caption: `Each class, with its objects and the boxes that were found for it.${listed.length < classes.length ? ` Left out: ${counted(classes.length - listed.length, "class", "classes")} without any.` : ""}`,
    columns: [named("Class"), counting("Objects"), counting("Boxes"), counting("AP"), counting("AP50")],
    rows: listed.map(({ name, objects, found, ap, ap50 }) => ({
      title: name,
      cells: [plain(count(objects)), plain(count(found)), cell(ap), cell(ap50)],
    })),
  });
}

/** Every so many of the 101 recalls have a point. */
const step = 5;
/** With more classes only the best and the worst have lines. */
const fewClasses = 4;

function curves({ evaluation: { classes } }: DetectionReportData): Html | undefined {
  const mean = meanCurve(classes);
  if (mean.length === 0) return undefined;
  const places = mean.flatMap((_, i) => (i % step === 0 ? [i] : []));
  const measured = classes.filter(({ precisions }) => precisions.length > 0);
  const byPrecision = measured.toSorted((a, b) => (b.ap50 ?? 0) - (a.ap50 ?? 0));
  const shown =
    measured.length <= fewClasses ? byPrecision : [at(byPrecision, 0), at(byPrecision, measured.length - 1)];
  const all = { name: "mean", values: places.map((i) => mean[i]) };
  const others = measured.length < 2 ? [] : shown;
  return html`<figure class="chart-figure precision"><figcaption>Precision over recall, with an overlap of 0.5. A point says: at a score at which so many of the objects are found, so many of the boxes are right.</figcaption>${lineChart(
    {
      description: `Precision over recall: ${percentage(mean[50] ?? 0, 0)} where half of the objects are found.`,
      xLabel: "recall %",
      yLabel: "precision",
      x: places,
      series: [
        all,
        ...others.map(({ name, precisions }) => ({ name, quiet: true, values: places.map((i) => precisions[i]) })),
      ],
      domain: [0, 1],
      format: (value) => percentage(value),
      tickFormat: (value) => percentage(value, 0),
      height: 240,
    },
  )}</figure>`;
}

export function errorKindsSection({ evaluation: { errors, shownErrors } }: DetectionReportData): SectionContent {
  const kinds = errors.kinds.toSorted((a, b) => b.gain - a.gain);
  const words = kinds.map(({ kind, gain }) => `${kind} ${points(gain)}`).join(", ");
  return {
    intro: `Every wrong box, and every object that was missed, is of one kind (TIDE; Bolya et al., 2020). The bars say by how many points AP50 would rise if all errors of that kind, and no others, were mended: they do not add up. Boxes of every score count.`,
    body: html`<div class="column"><div class="pair"><figure class="chart-figure"><figcaption>Points of AP50 that each kind costs</figcaption>${barChart(
      kinds.map(({ kind, gain }) => ({ name: kind, value: Math.max(0, gain), text: points(gain) })),
      `Points of AP50 that each kind of error costs: ${words}.`,
    )}</figure>
${drawTable({
  label: "Kinds of errors",
  caption: `Shown: with a score of ${shownFrom} or more. All wrong boxes together cost ${points(errors.falsePositives).slice(1)} points, all objects that were not found ${points(errors.falseNegatives).slice(1)}.`,
  columns: [named("Kind"), counting("All"), counting("Shown"), named("What it is")],
  rows: kinds.map(({ kind, count: all }) => ({
    title: capital(kind),
    cells: [plain(count(all)), plain(count(shownErrors[kind])), plain(capital(errorMeanings[kind]))],
  })),
})}</div></div>`,
  };
}
