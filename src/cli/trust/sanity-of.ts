/** @file Sanity checks with a progress bar. */

import { checkSanity, type MethodSanity, type SanityCheckOptions } from "../../evaluate/index.js";
import type { CamMethod } from "../../explain/index.js";
import { nodeRuntime } from "../../node.js";
import type { Tensor } from "../../onnx/index.js";
import { withBar } from "../datasets.js";
import type { NamedModel } from "../models.js";

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
