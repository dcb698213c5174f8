/** @file Errors that look alike: groups by where the model looked. */

import { count, counted } from "../../../../foundation/words.js";
import { mostGrouped } from "../../../collect/errors/group-maps.js";
import type { ErrorGroup, ModelReport, ReportData } from "../../../report-data.js";
import { type Html, html } from "../../html.js";
import { className, columns, errorId, imageName, picture, type ReportSection } from "../../parts.js";

export const alikeSection: ReportSection = {
  id: "alike",
  title: "Errors that look alike",
  render(data) {
    if (!data.models.some(({ errorGroups = [] }) => errorGroups.length > 0)) return undefined;
    return {
      intro:
        "Errors whose maps share at least two thirds of their evidence, on average: what misled the model may be the same. Each group with its mean map over its mean image.",
      body: columns(
        data,
        (model, index) =>
          model.errorGroups?.length
            ? html`${compared(model)}<ul class="groups">${model.errorGroups.map((group) => one(data, model, index, group))}</ul>`
            : undefined,
        "No three errors look alike.",
      ),
    };
  },
};

/** Said where not all errors were compared. */
function compared({ evaluation }: ModelReport): Html | false {
  const all = evaluation.errors.length;
  if (all <= mostGrouped) return false;
  return html`<p class="quiet">Of ${count(all)} errors, the ${count(mostGrouped)} most confident were compared with each other.</p>`;
}

/** Kinds of errors that are named; the rest are counted. */
const mostNamed = 3;

function one(data: ReportData, { evaluation, errors = [] }: ModelReport, model: number, group: ErrorGroup): Html {
  const members = new Set(group.members);
  const kinds = new Map<string, number>();
  for (const { index, label, predicted } of evaluation.errors) {
    if (!members.has(index)) continue;
    const kind = `${className(data, label)} taken for ${className(data, predicted)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const most = [...kinds].sort(([, a], [, b]) => b - a);
  const others = most.slice(mostNamed).reduce((sum, [, times]) => sum + times, 0);
  const pairs = [...most.slice(0, mostNamed).map(([kind, times]) => `${count(times)}\u00a0× ${kind}`)];
  if (others > 0) pairs.push(`${count(others)} of other kinds`);
  const pictured = errors.filter(({ index }) => members.has(index)).slice(0, 12);
  const rest = members.size - pictured.length;
  const thumbs = pictured.map(
    (error) =>
      html`<a href="#${errorId(model, error.index)}">${picture(error.thumbnail ?? error.image, `${imageName(error)}: show in full`)}</a>`,
  );
  const title = `${counted(members.size, "error")}: evidence ${group.place}`;
  return html`<li>${picture(group.picture, `Mean map of ${title}`)}<div><h4><b>${title}</b></h4><p class="quiet">${pairs.join(", ")}</p>
<div class="thumbs">${thumbs}${rest > 0 && html`<span class="quiet">${pictured.length > 0 ? `and ${count(rest)} more` : "without picture"}</span>`}</div></div></li>`;
}
