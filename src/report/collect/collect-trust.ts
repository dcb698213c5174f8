/** @file Measures how far a model's maps can be trusted on the images of a report. */

import type { Metric } from "../../evaluate/metrics/metric.js";
import { classSensitivityOf } from "../../evaluate/sanity/class-sensitivity.js";
import type { TrustMeasurement } from "../../evaluate/studies/trust-measurement.js";
import type { TrustStudy } from "../../evaluate/studies/trust-study.js";
import { summariseTrust } from "../../evaluate/studies/trust-summary.js";
import { FoveaError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { TrustReport } from "../report-data.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

export interface CollectTrustOptions {
  /** Of the model's own explainer. */
  readonly study: TrustStudy;
  /** How many images, from all over. Default 30. */
  readonly count?: number;
  /** Called before each image. */
  readonly onImage?: (image: number, images: number) => void;
}

/** How many images the maps of several classes are compared on. */
const classesOn = 10;

/** Measures for a report how far maps can be trusted. The predicted class of each image is explained. Images that cannot be read or explained are left out. */
export async function collectTrust(
  { explainer }: ReportedModel,
  images: ReportImages,
  { study, count = 30, onImage }: CollectTrustOptions,
): Promise<TrustReport> {
  const most = Math.min(count, images.count);
  const measurements: TrustMeasurement[] = [];
  const inputs: Tensor[] = [];
  for (let i = 0; i < most; i++) {
    onImage?.(i, most);
    const index = Math.floor((i * images.count) / most);
    try {
      const { input } = await images.read(explainer.model, index);
      measurements.push(await study.measure({ name: images.nameOf(index) ?? `image ${index}`, image: input }));
      if (inputs.length < classesOn) inputs.push(input);
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
    }
  }
  const summary = summariseTrust(measurements, { metrics: study.metrics, sources: study.sources() });
  const metricNames = new Set(summary.sources.flatMap(({ metrics }) => Object.keys(metrics)));
  return {
    summary,
    metrics: study.metrics.filter(({ name }) => metricNames.has(name)).map(describedMetric),
    classSensitivity: await classSensitivityOf(explainer, inputs),
  };
}

/** The parts of a metric that the page shows. */
function describedMetric({ name, title, better, weakness, needs }: Metric): TrustReport["metrics"][number] {
  return { name, title, better, weakness, ...(needs === undefined ? {} : { needs }) };
}
