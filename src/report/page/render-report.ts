/** @file The whole report as one self-contained HTML page. */

import { alikeSection } from "../collect/alike.js";
import { checkData } from "../collect/check-data.js";
import { classMapsSection } from "../collect/class-maps.js";
import type { ReportData } from "../report-data.js";
import { confusionSection } from "./charts/confusion.js";
import { networkSection } from "./charts/network.js";
import { renderPage } from "./page.js";
import { biasSection } from "./sections/bias.js";
import { comparisonSection } from "./sections/comparison.js";
import { dataSection } from "./sections/data-section.js";
import { errorsSection } from "./sections/errors.js";
import { labelsSection } from "./sections/labels.js";
import { reproduceSection } from "./sections/reproduce.js";
import { resultsSection } from "./sections/results.js";
import { robustnessSection } from "./sections/robustness.js";
import { summarySection } from "./sections/summary.js";
import { trainingSection } from "./sections/training.js";
import { trustSection } from "./sections/trust.js";

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
