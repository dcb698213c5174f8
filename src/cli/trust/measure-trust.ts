/** @file Runs a study of trust over images as they come, until they end or someone interrupts. */

import type { TrustMeasurement } from "../../evaluate/studies/trust-measurement.js";
import type { TrustStudy } from "../../evaluate/studies/trust-study.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { ProgressBar } from "../terminal/console.js";
import type { TrustImages } from "./trust-images.js";

export interface MeasuredTrust {
  readonly measurements: readonly TrustMeasurement[];
  /** Sources that could not be measured: the errors name them. */
  readonly failures: readonly string[];
  /** By method, why it had no map of some image. */
  readonly failed: ReadonlyMap<string, string>;
  readonly interrupted: boolean;
  /** The first images. */
  readonly kept: readonly Tensor[];
}

export interface MeasureTrustOptions {
  /** The class to explain, where an image does not say. Default the predicted one. */
  readonly target: number | undefined;
  /** How many images to hand back. */
  readonly keep: number;
  readonly bar: ProgressBar;
  readonly onImage: (measured: TrustMeasurement) => void;
}

/** Thrown between two measurements after Ctrl-C. */
class Interrupted extends Error {}

export async function measureTrust(
  study: TrustStudy,
  images: TrustImages,
  { target, keep, bar, onImage }: MeasureTrustOptions,
): Promise<MeasuredTrust> {
  const measurements: TrustMeasurement[] = [];
  const failures: string[] = [];
  const failed = new Map<string, string>();
  const kept: Tensor[] = [];
  let interrupted = false;
  let done = 0;
  const interrupt = () => {
    interrupted = true;
  };
  const onMetric = () => {
    if (interrupted) throw new Interrupted();
  };
  process.once("SIGINT", interrupt);
  try {
    for await (const source of images.read()) {
      if (source.error) failures.push(source.error.message);
      else {
        try {
          for (const image of source.images) {
            const measured = await study.measure({ target, ...image, onMetric });
            measurements.push(measured);
            if (kept.length < keep) kept.push(image.image);
            onImage(measured);
            for (const [method, reason] of Object.entries(measured.failed)) failed.set(method, reason);
          }
        } catch (error) {
          if (!(error instanceof FoveaError)) throw error;
          failures.push(namedError(source.name, error).message);
        }
      }
      bar.update(++done);
      if (interrupted) break;
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    process.off("SIGINT", interrupt);
  }
  return { measurements, failures, failed, interrupted, kept };
}
