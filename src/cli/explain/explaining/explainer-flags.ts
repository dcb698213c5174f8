/** @file The options of an explainer that the flags of `fovea explain` say. */

import type { ExplainerOptions } from "../../../explain/options.js";
import type { NamedModel } from "../../inputs/models.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { mapOptions } from "../../options/map-options.js";
import { layerOptions } from "../../options/model-options.js";
import { givenBaseline } from "./given-baseline.js";

/** All but the method. @throws FoveaError as `givenBaseline` does */
export async function explainerFlags(
  opened: NamedModel,
  flags: ExplainFlags,
): Promise<Omit<ExplainerOptions, "runtime" | "method">> {
  const { against = false, topChannels, samples, superpixels, noise, seed } = flags;
  const baseline = await givenBaseline(opened, flags.baseline);
  return {
    against,
    topChannels,
    samples,
    superpixels,
    noise,
    seed,
    baseline,
    ...layerOptions(flags),
    ...mapOptions(flags),
  };
}
