/** @file The page of a classifier's report. */

import type { ReportData } from "../report-data.js";
import { hero } from "./hero.js";
import { html } from "./html.js";
import { type Chapter, renderShell } from "./shell.js";
import { stationLine } from "./stations.js";

export function renderPage(data: ReportData, chapters: readonly Chapter[]): string {
  return renderShell({ ...data, head: html`${hero(data)}${stationLine(data)}` }, chapters);
}
