/** @file Sanity checks with a progress bar. */

import { checkSanity, type MethodSanity, type SanityCheckOptions } from "../../evaluate/sanity/sanity-check.js";
import type { CamMethod } from "../../explain/method.js";
import type { Tensor } from "../../onnx/tensor.js";
import { withBar } from "../inputs/datasets.js";
import type { NamedModel } from "../inputs/models.js";
import { runtime } from "../platform.js";

/** @throws FoveaError as `checkSanity` does */
export function sanityOf(
  { model }: NamedModel,
  images: readonly Tensor[],
  methods: readonly CamMethod[],
  layer: Pick<SanityCheckOptions, "layer" | "grid" | "skipTokens">,
): Promise<MethodSanity[]> {
  return withBar("randomising weights", (onNetwork) =>
    checkSanity(model, images, { runtime, methods, onNetwork, ...layer }),
  );
}
