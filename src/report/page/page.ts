/** @file The page of a classifier's report. */

import type { EmbeddedFont } from "../../image/figure/embedded-font.js";
import type { ReportData } from "../report-data.js";
import { hero } from "./hero.js";
import { html } from "./html.js";
import { type Chapter, renderShell } from "./shell.js";
import { stationLine } from "./stations.js";

export function renderPage(
  data: ReportData,
  chapters: readonly Chapter[],
  fonts: readonly EmbeddedFont[] | undefined,
): string {
  const { title, date } = data;
  return renderShell({ title, date, head: html`${hero(data)}${stationLine(data)}`, fonts }, chapters);
}
