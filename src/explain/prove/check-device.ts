/** @file Whether a device gives the maps that the processor gives. */

import type { Model } from "../../model/model.js";
import { numbers, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { createExplainer } from "../explainer.js";
import type { Explanation } from "../explanation.js";
import type { ExplainerOptions } from "../options.js";
import { noiseImages } from "./noise.js";
import { type Proof, proof, relativeDifference } from "./proof.js";

export interface CheckDeviceOptions extends Omit<ExplainerOptions, "include"> {
  /** The runtime of the device; `runtime` is the processor's. */
  readonly on: Runtime;
  /** The largest difference that passes. */
  readonly tolerance: number;
  /** Seed of the noise that is the input. Default 1. */
  readonly seed?: number;
}

/** The differences of a device's scores and maps from the processor's, each relative to the largest of these. */
export interface DeviceProof {
  readonly scores: Proof;
  readonly maps: Proof;
  readonly passed: boolean;
}

/**
 * Explains the predicted class of two pictures of seeded noise on both, and compares.
 * @throws FoveaError as `createExplainer` does
 */
export async function checkDevice(model: Model, options: CheckDeviceOptions): Promise<DeviceProof> {
  const { on, runtime, tolerance, seed = 1, ...explaining } = options;
  const images = noiseImages(model, { seed });
  const expected = await explained(model, images, { ...explaining, runtime });
  const actual = await explained(model, images, { ...explaining, runtime: on }, expected.predicted);
  const compare = (part: "scores" | "evidence") =>
    proof(relativeDifference(numbers(actual[part]), numbers(expected[part])), tolerance);
  const [scores, maps] = [compare("scores"), compare("evidence")];
  return { scores, maps, passed: scores.passed && maps.passed };
}

/** @param labels the classes to explain: of two that are as likely as each other, devices may predict either. Default: the predicted ones */
async function explained(
  model: Model,
  images: Tensor,
  options: ExplainerOptions,
  labels?: readonly number[],
): Promise<Explanation> {
  const explainer = await createExplainer(model, options);
  try {
    return await explainer.explain(images, labels === undefined ? {} : { labels });
  } finally {
    await explainer.close();
  }
}
