/** @file Measures how far the maps of a model's method agree with the exact ones, where the method averages over places. */

import { joined } from "../../model/run/batches.js";
import type { AgreementReport } from "../report-data.js";
import { batchFor } from "./observe/observe.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

/** On so many images at most, evenly among all. */
const mostCompared = 100;

/** Of the predicted classes; undefined where the method's own map is the one that is acted on, or does not average. */
export async function collectAgreement(
  { explainer, acting = explainer }: ReportedModel,
  images: ReportImages,
): Promise<AgreementReport | undefined> {
  if (acting === explainer) return undefined;
  const report = { method: explainer.method.title, acting: acting.method.title };
  const step = Math.ceil(images.count / mostCompared);
  const indices = Array.from({ length: Math.ceil(images.count / step) }, (_, i) => i * step);
  const size = batchFor(explainer);
  const found: { correlation: number; misplaced: number }[] = [];
  for (let first = 0; first < indices.length; first += size) {
    const part = indices.slice(first, first + size);
    const samples = await Promise.all(part.map((index) => images.read(explainer.model, index)));
    const explanation = await explainer.explain(joined(samples.map(({ input }) => input)));
    if (explanation.exact === undefined) return report;
    for (const i of part.keys()) {
      const { correlation, misplaced } = explanation.at(i).agreement() ?? {};
      if (correlation !== undefined && misplaced !== undefined) found.push({ correlation, misplaced });
    }
  }
  const mean = (field: "correlation" | "misplaced") => found.reduce((sum, each) => sum + each[field], 0) / found.length;
  if (found.length === 0) return report;
  return {
    ...report,
    measured: { count: found.length, correlation: mean("correlation"), misplaced: mean("misplaced") },
  };
}
