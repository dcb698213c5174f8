/** @file Checks whether maps change with the weights, and shows how far that is. */

import { checkSanity, type MethodSanity, type SanityCheckOptions } from "../../evaluate/sanity/sanity-check.js";
import type { CamMethod } from "../../explain/method.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { NamedModel } from "../inputs/models.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";

/** @throws FoveaError as `checkSanity` does */
export function sanityOf(
  job: Job,
  { model }: NamedModel,
  images: readonly Tensor[],
  methods: readonly CamMethod[],
  options: Pick<SanityCheckOptions, "layer" | "grid" | "skipTokens" | "draws">,
): Promise<MethodSanity[]> {
  return job.stage("randomising weights", (onNetwork) =>
    checkSanity(model, images, { runtime, methods, onNetwork, ...options }),
  );
}
