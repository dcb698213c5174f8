/** @file The whole report as one self-contained HTML page. */

import type { ReportData } from "../report-data.js";
import { checkData } from "./check-data.js";
import { renderPage } from "./page.js";
import { alikeSection } from "./sections/found/alike.js";
import { biasSection } from "./sections/found/bias.js";
import { classMapsSection } from "./sections/found/class-maps.js";
import { comparisonSection } from "./sections/found/comparison.js";
import { confusionSection } from "./sections/found/confusion.js";
import { errorsSection } from "./sections/found/errors.js";
import { labelsSection } from "./sections/found/labels.js";
import { resultsSection } from "./sections/found/results.js";
import { robustnessSection } from "./sections/found/robustness.js";
import { summarySection } from "./sections/found/summary.js";
import { trustSection } from "./sections/found/trust.js";
import { dataSection } from "./sections/made/data.js";
import { networkSection } from "./sections/made/networks.js";
import { reproduceSection } from "./sections/made/reproduce.js";
import { trainingSection } from "./sections/made/training.js";

/**
 * Renders a report as one HTML file that needs nothing else: no network, no script, no font. What was found comes first, how it was
 * made after. Sections without data are left out. Throws where the data would mislead or reach outside the file.
 */
export function renderReport(data: ReportData): string {
  checkData(data);
  const found = [
    summarySection,
    comparisonSection,
    resultsSection,
    confusionSection,
    classMapsSection,
    biasSection,
    errorsSection,
    alikeSection,
    labelsSection,
    trustSection,
    robustnessSection,
  ];
  const made = [dataSection, trainingSection, networkSection, reproduceSection];
  const sectionsOf = (makers: typeof made) => makers.flatMap((make) => make(data) ?? []);
  return renderPage(data, [
    { title: "What was found", sections: sectionsOf(found) },
    { title: "How it was made", sections: sectionsOf(made) },
  ]);
}
