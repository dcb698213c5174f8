/** @file Sentences with the names of models set apart: they are file names, and may begin with a small letter. */

import type { ReportData } from "../../report-data.js";
import { type Fragment, html } from "../html.js";

/** The text with each whole name of a model in it set as a name. */
export function named({ models }: Pick<ReportData, "models">, text: string): Fragment {
  const names = models.map(({ name }) => name).filter((name) => name !== "");
  if (names.length === 0) return text;
  const longestFirst = names
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const pieces = text.split(new RegExp(`(?<![\\p{L}\\p{N}_.-])(${longestFirst.join("|")})(?![\\p{L}\\p{N}_-])`, "u"));
  return pieces.map((piece, i) => (i % 2 === 1 ? html`<b class="name">${piece}</b>` : piece));
}
