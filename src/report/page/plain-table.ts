/** @file A table of plain texts as HTML. */

import type { Cell, Column, PlainTable, Row } from "../improvement/tables.js";
import { type Html, html } from "./html.js";
import { scrollable } from "./parts.js";

export function plainTable({ label, caption, columns, rows }: PlainTable): Html {
  const heads = columns.map(({ title, isNumber }) =>
    isNumber ? html`<th scope="col" class="number">${title}</th>` : html`<th scope="col">${title}</th>`,
  );
  return scrollable(
    label,
    html`<table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead><tbody>${rows.map((each) => row(each, columns.slice(1)))}</tbody></table>`,
  );
}

function row({ title, mark, cells }: Row, columns: readonly Column[]): Html {
  const drawn = cells.map((each, i) => cell(each, columns[i]));
  return html`<tr><th scope="row">${title}${mark !== undefined && html` <small>${mark}</small>`}</th>${drawn}</tr>`;
}

function cell({ text, range, bar, isStrong }: Cell, column: Column | undefined): Html {
  const content = html`${isStrong ? html`<b>${text}</b>` : text}${range !== undefined && html`<br><span class="quiet">${range}</span>`}`;
  if (!column?.isNumber) return html`<td>${content}</td>`;
  if (bar === undefined) return html`<td class="number">${content}</td>`;
  return html`<td class="number bar-cell">${content}<span class="bar" style="width:${Math.round(1000 * bar) / 10}%"></span></td>`;
}
