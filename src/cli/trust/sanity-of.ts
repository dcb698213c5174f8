/** @file Sanity checks with a progress bar. */

import { checkSanity, type MethodSanity, type SanityCheckOptions } from "../../evaluate/sanity/sanity-check.js";
import type { CamMethod } from "../../explain/method.js";
import type { Tensor } from "../../onnx/tensor.js";
import { nodeRuntime } from "../../runtime/node.js";
import { withBar } from "../inputs/datasets.js";
import type { NamedModel } from "../inputs/models.js";

/** @throws FoveaError as `checkSanity` does */
export function sanityOf(
  { model }: NamedModel,
  images: readonly Tensor[],
  methods: readonly CamMethod[],
  layer: Pick<SanityCheckOptions, "layer" | "grid" | "skipTokens">,
): Promise<MethodSanity[]> {
  return withBar("randomising weights", (onNetwork) =>
    checkSanity(model, images, { runtime: nodeRuntime, methods, onNetwork, ...layer }),
  );
}
