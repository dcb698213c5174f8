/** @file All sections of the report in the order of the page: the results first, what to do about them, and how they were made. */

import type { ReportSection } from "../parts.js";
import { alikeSection } from "./found/alike.js";
import { biasSection } from "./found/bias.js";
import { classMapsSection } from "./found/class-maps.js";
import { comparisonSection } from "./found/comparison.js";
import { confusionSection } from "./found/confusion.js";
import { errorsSection } from "./found/errors.js";
import { labelsSection } from "./found/labels.js";
import { resultsSection } from "./found/results.js";
import { robustnessSection } from "./found/robustness.js";
import { summarySection } from "./found/summary.js";
import { trustSection } from "./found/trust.js";
import { dataSection } from "./made/data.js";
import { networkSection } from "./made/networks.js";
import { reproduceSection } from "./made/reproduce.js";
import { trainingSection } from "./made/training.js";
import { nextSection } from "./next/next.js";
import { proofSection } from "./next/proof.js";
import { repairSection } from "./next/repair.js";

export const chapters: readonly { readonly title: string; readonly sections: readonly ReportSection[] }[] = [
  {
    title: "What was found",
    sections: [
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
    ],
  },
  { title: "What to do", sections: [nextSection, repairSection, proofSection] },
  { title: "How it was made", sections: [dataSection, trainingSection, networkSection, reproduceSection] },
];
