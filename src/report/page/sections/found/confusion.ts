/** @file Which class is taken for which: the confusion matrix, and the images behind each of its cells. */

import { count, counted } from "../../../../foundation/words.js";
import type { ModelReport, ReportData } from "../../../report-data.js";
import { strongestShade } from "../../charts/palette.js";
import { probability } from "../../format.js";
import { type Html, html } from "../../html.js";
import {
  className,
  columns,
  confusedPairs,
  confusionId,
  errorId,
  imageName,
  picture,
  type ReportSection,
  scrollable,
} from "../../parts.js";

/** How many pairs of classes are open to the eye; the others unfold. */
const open = 18;

export const confusionSection: ReportSection = {
  id: "confusion",
  title: "What is taken for what",
  render(data) {
    return {
      intro:
        "Rows are the true classes, columns what the model said. The grey diagonal is right; every other number is an error and leads to its images.",
      body: columns(data, (model, index) => html`${matrix(data, model, index)}${pairs(data, model, index)}`, ""),
    };
  },
};

function matrix(data: ReportData, { name, evaluation }: ModelReport, model: number): Html {
  const { confusion, perClass } = evaluation;
  const classes = perClass.map((scores) => scores.name);
  const worst = Math.max(1, ...confusedPairs(evaluation).map((pair) => pair.count));
  const upright = classes.some((name) => name.length > 3);

  const cell = (label: number, predicted: number, images: number) => {
    if (label === predicted) return html`<td class="right">${count(images)}</td>`;
    if (images === 0) return html`<td class="none"><span class="hidden">0</span></td>`;
    const words = `${counted(images, "image")}: ${className(data, label)} taken for ${className(data, predicted)}`;
    const strength = Math.round(12 + (100 * strongestShade - 12) * Math.sqrt(images / worst));
    return html`<td class="wrong" style="--strength:${strength}%"><a href="#${confusionId(model, label, predicted)}" aria-label="${words}" title="${words}">${count(images)}</a></td>`;
  };
  // Of the rows only those that can hold anything: a model may know classes that no image has.
  const classRows = confusion.flatMap((row, label) => ((perClass[label]?.support ?? 0) > 0 ? [{ row, label }] : []));
  const rows = classRows.map(
    ({ row, label }) =>
      html`<tr><th scope="row">${classes[label]}</th>${row.map((images, predicted) => cell(label, predicted, images))}</tr>`,
  );
  return scrollable(
    `Confusion matrix of ${name}`,
    html`<table class="matrix${upright && " upright"}"><caption>True class by row, predicted class by column</caption>
<thead><tr><td class="corner"><span>true ↓</span> <span>said →</span></td>${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** The images of each cell, the fullest cells first. */
function pairs(data: ReportData, { evaluation, errors = [] }: ModelReport, model: number): Html {
  const picturedErrors = new Map(errors.map((error) => [error.index, error]));
  const groups = confusedPairs(evaluation).map(({ label, predicted, count: images }) => {
    const members = evaluation.errors.filter((error) => error.label === label && error.predicted === predicted);
    const pictured = members.flatMap(({ index }) => picturedErrors.get(index) ?? []);
    const thumbs = pictured.map((error) => {
      const words = `${imageName(error)}, ${probability(error.confidence)} sure`;
      return html`<a href="#${errorId(model, error.index)}" title="${words}">${picture(error.thumbnail ?? error.image, `${words}: show in full`)}</a>`;
    });
    const rest = members.length - pictured.length;
    return html`<li id="${confusionId(model, label, predicted)}"><p><b>${className(data, label)}</b> taken for <b>${className(data, predicted)}</b> <small>${count(images)} of ${count(evaluation.perClass[label]?.support ?? images)}</small></p>
<div class="thumbs">${thumbs}${rest > 0 && html`<span class="quiet">${pictured.length > 0 ? `and ${count(rest)} without picture` : "without picture"}</span>`}</div></li>`;
  });
  if (groups.length === 0) return html`<p class="quiet">It made no error.</p>`;
  const rest = groups.slice(open);
  return html`<ul class="pairs">${groups.slice(0, open)}</ul>
${rest.length > 0 && html`<details><summary>${counted(rest.length, "rarer confusion")}</summary><ul class="pairs">${rest}</ul></details>`}`;
}
