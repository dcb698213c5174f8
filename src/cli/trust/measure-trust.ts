/** @file Runs a study of trust over images as they come, until they end or Ctrl-C stops it. */

import type { TrustMeasurement } from "../../evaluate/studies/trust-measurement.js";
import type { TrustStudy } from "../../evaluate/studies/trust-study.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Job } from "../terminal/job.js";
import type { TrustImages } from "./trust-images.js";

export interface MeasuredTrust {
  readonly measurements: readonly TrustMeasurement[];
  /** By method, why it had no map of some image. */
  readonly failed: ReadonlyMap<string, string>;
  /** The first images. */
  readonly kept: readonly Tensor[];
}

export interface MeasureTrustOptions {
  /** The class to explain, where an image does not say. Default the predicted one. */
  readonly target: number | undefined;
  /** How many images to hand back. */
  readonly keep: number;
  readonly onImage: (measurement: TrustMeasurement) => void;
}

/** Sources that cannot be measured are the job's failures. */
export async function measureTrust(
  job: Job,
  study: TrustStudy,
  images: TrustImages,
  { target, keep, onImage }: MeasureTrustOptions,
): Promise<MeasuredTrust> {
  const measurements: TrustMeasurement[] = [];
  const failed = new Map<string, string>();
  const inputs: Tensor[] = [];
  const onMetric = () => job.signal.throwIfAborted();
  await job.each({ what: "measuring", total: images.total }, images.read, async (source) => {
    if (source.error) {
      job.fail(source.error.message);
      return;
    }
    try {
      for (const image of source.images) {
        const measurement = await study.measure({ target, ...image, onMetric });
        measurements.push(measurement);
        if (inputs.length < keep) inputs.push(image.image);
        onImage(measurement);
        for (const [method, reason] of Object.entries(measurement.failed)) failed.set(method, reason);
      }
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      job.fail(namedError(source.name, error).message);
    }
  });
  return { measurements, failed, kept: inputs };
}
