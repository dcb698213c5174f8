/** @file How far a model's maps can be trusted, out of what single images of a report said. */

import type { Metric } from "../../evaluate/metrics/metric.js";
import { summariseClassSensitivity } from "../../evaluate/sanity/class-sensitivity.js";
import type { TrustStudy } from "../../evaluate/studies/trust-study.js";
import { summariseTrust } from "../../evaluate/studies/trust-summary.js";
import type { Explainer } from "../../explain/options.js";
import type { TrustReport } from "../report-data.js";
import type { ShownTrust } from "./gallery/shown.js";
import { showTrust } from "./gallery/trust.js";
import type { TrustFacts } from "./gather/gathered.js";
import { byRank } from "./observe/sampled.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

export interface CollectTrustOptions {
  /** Of the model's own explainer. */
  readonly study: TrustStudy;
  /** How many images, the first by a hash of their names. Default 30. */
  readonly count?: number;
  /** Called before each image. */
  readonly onImage?: (image: number, images: number) => void;
}

/** How many images trust is measured on. */
export const mostTrusted = 30;

/** Measures for a report how far maps can be trusted. The predicted class of each image is explained. Images that cannot be read or explained are left out. */
export async function collectTrust(
  { explainer }: ReportedModel,
  images: ReportImages,
  { study, count = mostTrusted, onImage }: CollectTrustOptions,
): Promise<TrustReport> {
  const indices = byRank(images.ranks, count);
  const shown: ShownTrust[] = [];
  for (const [i, index] of indices.entries()) {
    onImage?.(i, indices.length);
    shown.push(await showTrust(explainer, study, images, index));
  }
  return trustReport(shown, trustFacts(explainer, study));
}

/** What is known of the study besides its measurements, once it has measured. */
export function trustFacts({ method: { name, title } }: Explainer, study: TrustStudy): TrustFacts {
  return { method: { name, title }, metrics: study.metrics, sources: study.sources() };
}

/** What many images say together. */
export function trustReport(shown: readonly ShownTrust[], { method, metrics, sources }: TrustFacts): TrustReport {
  const found = shown.flatMap((each) => each ?? []);
  const measurements = found.map(({ measurement }) => measurement);
  const summary = summariseTrust(measurements, { metrics, sources });
  const measured = new Set(summary.sources.flatMap((source) => Object.keys(source.metrics)));
  return {
    summary,
    metrics: metrics.filter(({ name }) => measured.has(name)).map(describedMetric),
    classSensitivity: summariseClassSensitivity(
      method,
      found.flatMap(({ pairs }) => (pairs ? [pairs] : [])),
    ),
  };
}

/** The parts of a metric that the page shows. */
function describedMetric({ name, title, better, weakness, needs }: Metric): TrustReport["metrics"][number] {
  return { name, title, better, weakness, ...(needs === undefined ? {} : { needs }) };
}
