/** @file All that a report is computed from: what models said of every image, and a gallery of pictures; of one run, or of many parts. */

import type { Metric } from "../../../evaluate/metrics/metric.js";
import type { TrustSource } from "../../../evaluate/studies/trust-measurement.js";
import type { Gallery } from "../gallery/gallery.js";
import type { ReportedData } from "../report-images.js";
import type { GatheredModel } from "../study.js";

/** The images by position, without their pixels. */
export interface GatheredImages {
  /** Classes of the report. */
  readonly labels: readonly number[];
  nameOf(index: number): string | undefined;
  /** Positions of those whose rank among all images of the dataset is below a number, the first of them first. */
  firstByRank(most: number): readonly number[];
  /** Whether an image may stand as a sample of its class. */
  isSample(index: number): boolean;
  /**
   * The chance that any image of the dataset is here, 0 to 1: below 1 of a part whose images a hash has chosen one by one. What may be
   * among the first of all is shown.
   */
  readonly share: number;
  /** Whether there are other parts. */
  readonly isPart: boolean;
}

/** How trust in maps was measured. */
export interface TrustFacts {
  readonly method: { readonly name: string; readonly title: string };
  readonly metrics: readonly Metric[];
  readonly sources: readonly TrustSource[];
}

export interface Gathered {
  readonly data: Omit<ReportedData, "images">;
  readonly images: GatheredImages;
  readonly models: readonly GatheredModel[];
  readonly gallery: Gallery;
  /** Whether models were attacked. Default false. */
  readonly attack?: boolean;
  /** Of each model, once the gallery gave what images say of it; left out where trust was not measured. */
  readonly trust?: (model: number) => TrustFacts;
}
