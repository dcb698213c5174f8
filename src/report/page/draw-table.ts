/** @file A table of plain texts as HTML. */

import type { Cell, PlainTable } from "../plain-table.js";
import { type Html, html } from "./html.js";
import { scrollable } from "./parts.js";

export function drawTable({ label, caption, columns, rows }: PlainTable): Html {
  const heads = columns.map(
    ({ title, isNumber }) => html`<th scope="col"${isNumber && html` class="number"`}>${title}</th>`,
  );
  const body = rows.map(
    ({ title, mark, cells }) =>
      html`<tr><th scope="row"${columns[0]?.isNumber && html` class="number"`}>${title}${mark && html` <small>${mark}</small>`}</th>${cells.map((each, i) => cell(each, columns[i + 1]?.isNumber))}</tr>`,
  );
  return scrollable(
    label,
    html`<table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

function cell({ text, range, bar, isStrong }: Cell, isNumber: boolean | undefined): Html {
  const kind = bar === undefined ? "number" : "number bar-cell";
  const length = bar !== undefined && html`<span class="bar" style="width:${Math.round(1000 * bar) / 10}%"></span>`;
  return html`<td${isNumber && html` class="${kind}"`}>${isStrong ? html`<b>${text}</b>` : text}${range && html`<br><span class="quiet">${range}</span>`}${length}</td>`;
}
