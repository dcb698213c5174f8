/** @file The figures on the test images: accuracy, averages, calibration, and each class. */

import type { ClassScores } from "../../../../evaluate/classifier/class-scores.js";
import type { Evaluation } from "../../../../evaluate/classifier/evaluate-classifier.js";
import { count, counted } from "../../../../foundation/words.js";
import type { DataReport } from "../../../report-data.js";
import { intervalChart } from "../../charts/interval-chart.js";
import { reliabilityChart } from "../../charts/reliability-chart.js";
import { fixed, percentage, percentDigits, significant } from "../../format.js";
import { type Html, html } from "../../html.js";
import { columns, type ReportSection, scrollable } from "../../parts.js";

export const resultsSection: ReportSection = {
  id: "results",
  title: "Results",
  render(data) {
    const { models } = data;
    const accuracies = models.map(({ name, evaluation }) => ({ name, value: evaluation.accuracy }));
    const words = accuracies.map(
      ({ name, value }) =>
        `${name} ${percentage(value.value, 2)}, from ${percentage(value.low, 2)} to ${percentage(value.high, 2)}`,
    );
    // One scale for all columns, so that bars can be compared across them.
    const longest = Math.max(
      ...models.flatMap(({ evaluation }) =>
        evaluation.perClass.flatMap((scores) => measures.map(({ missing }) => missing(scores))),
      ),
    );
    return {
      intro: `${measuredOn(data.data)} The interval is where the accuracy may truly lie, given how many images were tested.`,
      body: html`${models.length > 1 && html`<figure class="wide-chart"><figcaption>Accuracy with 95\u202f% intervals</figcaption>${intervalChart(accuracies, `Accuracy with 95\u202f% intervals: ${words.join("; ")}.`)}</figure>`}
${columns(data, ({ name, description, evaluation }) => html`${description && html`<p class="quiet">${description}</p>`}${column(name, evaluation, longest)}`, "")}`,
    };
  },
};

function measuredOn({ part = "test" }: DataReport): string {
  if (part === "test") return "All figures are on test images that no training has seen.";
  const which = part === "all" ? "all images of the data" : `the ${part === "train" ? "training" : part} images`;
  return `All figures are on ${which}: where a training has seen some of them, they tell what it learned by heart, too.`;
}

function column(name: string, evaluation: Evaluation, longest: number): Html {
  const { accuracy, count: images, macro, calibration, errors } = evaluation;
  const digits = percentDigits(images);
  const facts: [string, string, string][] = [
    ["Errors", count(errors.length), `of ${counted(images, "image")}`],
    ["Macro F1", percentage(macro.f1, digits), "mean over classes"],
    ["Calibration error", percentage(calibration.expectedCalibrationError, 2), leaning(calibration.overconfidence)],
    ["Log loss", significant(calibration.negativeLogLikelihood), "per image"],
    ["Brier score", significant(calibration.brier), "0 is best, 2 worst"],
  ];
  const tiles = facts.map(
    ([term, value, note]) => html`<div><dt>${term}</dt><dd>${value} <small>${note}</small></dd></div>`,
  );
  const { expectedCalibrationError, bins } = calibration;
  const top = bins.findLast((bin) => bin.count > 0);
  const description = `Reliability of ${name}: expected calibration error ${percentage(expectedCalibrationError, 2)}.${
    top &&
    ` Where it is more than ${percentage(top.from, 0)} sure (${counted(top.count, "image")}), it is right ${percentage(top.accuracy, 1)} of the time.`
  }`;
  return html`<p class="headline"><b>${percentage(accuracy.value, digits)}</b> accuracy <small>95\u202f% interval ${percentage(accuracy.low, digits)} to ${percentage(accuracy.high, digits)}</small></p>
<dl class="tiles">${tiles}</dl>
<div class="pair">${classTable(name, evaluation, longest)}
<figure class="chart-figure"><figcaption>Reliability: how often it is right, by how sure it is. On the diagonal, confidence means what it says; above, it is too modest; below, too sure.</figcaption>${reliabilityChart(bins, description)}</figure></div>`;
}

function leaning(overconfidence: number): string {
  if (Math.abs(overconfidence) < 0.0005) return "neither over- nor underconfident";
  return `${fixed(Math.abs(overconfidence) * 100, 2)} points ${overconfidence > 0 ? "overconfident" : "underconfident"}`;
}

const measures: readonly {
  readonly title: string;
  readonly of: (scores: ClassScores) => number;
  readonly missing: (scores: ClassScores) => number;
}[] = [
  {
    title: "Precision",
    of: ({ precision }) => precision,
    missing: ({ precision, predicted }) => (predicted === 0 ? 0 : 1 - precision),
  },
  { title: "Recall", of: ({ recall }) => recall, missing: ({ recall, support }) => (support === 0 ? 0 : 1 - recall) },
  { title: "F1", of: ({ f1 }) => f1, missing: ({ f1, support }) => (support === 0 ? 0 : 1 - f1) },
];

/** So many classes are listed whether an image has them or not. */
const fewClasses = 20;

function classTable(name: string, { perClass, macro }: Evaluation, longest: number): Html {
  const unknown = (title: string, { support, predicted }: ClassScores) =>
    title === "Precision" ? predicted === 0 : support === 0;
  // A model may know classes that no image has.
  const listed = perClass.filter(({ support }) => support > 0 || perClass.length <= fewClasses);
  const rows = listed.map((scores) => {
    const cells = measures.map(({ title, of, missing }) => {
      if (unknown(title, scores)) return html`<td class="number">–</td>`;
      const width = fixed((100 * missing(scores)) / Math.max(longest, 1e-9), 1);
      return html`<td class="number bar-cell">${percentage(of(scores))}<span class="bar" style="width:${width}%"></span></td>`;
    });
    return html`<tr><th scope="row">${scores.name}</th><td class="number">${count(scores.support)}</td>${cells}</tr>`;
  });
  const heads = measures.map(({ title }) => html`<th scope="col" class="number">${title}</th>`);
  return scrollable(
    `Classes of ${name}`,
    html`<table><caption>Each class. Bars show what is missing to 100\u202f%; the longest is ${percentage(longest)}.${listed.length < perClass.length && ` Left out: ${counted(perClass.length - listed.length, "class", "classes")} of the model that no image has.`}</caption>
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Images</th>${heads}</tr></thead><tbody>${rows}</tbody>
<tfoot><tr><th scope="row" colspan="2">Mean</th><td class="number">${percentage(macro.precision)}</td><td class="number">${percentage(macro.recall)}</td><td class="number">${percentage(macro.f1)}</td></tr></tfoot></table>`,
  );
}
