/** @file The whole report as one self-contained HTML page. */

import { alikeSection } from "./alike.js";
import { biasSection } from "./bias.js";
import { checkData } from "./check-data.js";
import { classMapsSection } from "./class-maps.js";
import { comparisonSection } from "./comparison.js";
import { confusionSection } from "./confusion.js";
import { dataSection } from "./data-section.js";
import { errorsSection } from "./errors.js";
import { labelsSection } from "./labels.js";
import { networkSection } from "./network.js";
import { renderPage } from "./page.js";
import type { ReportData } from "./report-data.js";
import { reproduceSection } from "./reproduce.js";
import { resultsSection } from "./results.js";
import { robustnessSection } from "./robustness.js";
import { summarySection } from "./summary.js";
import { trainingSection } from "./training.js";

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
    robustnessSection,
  ];
  const made = [dataSection, trainingSection, networkSection, reproduceSection];
  const sectionsOf = (makers: typeof made) => makers.flatMap((make) => make(data) ?? []);
  return renderPage(data, [
    { title: "What was found", sections: sectionsOf(found) },
    { title: "How it was made", sections: sectionsOf(made) },
  ]);
}
