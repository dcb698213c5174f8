/** @file The whole report as one self-contained HTML page. */

import type { EmbeddedFont } from "../../image/figure/embedded-font.js";
import type { ReportData } from "../report-data.js";
import { checkData } from "./check-data.js";
import { renderPage } from "./page.js";
import type { ReportSection } from "./parts.js";
import { chapters } from "./sections/index.js";
import { type RenderedSection, sectionOf } from "./shell.js";

/**
 * Renders a report as one HTML file that needs nothing else: no network, no font. The results come first, how they
 * were made after. Sections without data are left out.
 * @param fonts that the page carries. Default: it is set in the reader's
 * @throws FoveaError `bad-input` where the data would mislead or reach outside the file
 */
export function renderReport(data: ReportData, fonts?: readonly EmbeddedFont[]): string {
  checkData(data);
  return renderPage(
    data,
    chapters.map(({ title, sections }) => ({ title, sections: sections.flatMap((each) => rendered(each, data)) })),
    fonts,
  );
}

function rendered({ id, title, render }: ReportSection, data: ReportData): RenderedSection[] {
  return sectionOf(id, typeof title === "string" ? title : title(data), render(data));
}
