/** @file The options of `fovea concepts`. */

import type { LayerFlags, ModelOptions } from "../options/model-options.js";
import type { OutputFlags } from "../terminal/job.js";

export interface ConceptFlags extends ModelOptions, LayerFlags, OutputFlags {
  readonly class?: string;
  readonly count: number;
  readonly crops?: boolean;
  readonly seed: number;
  readonly out: string;
  readonly report?: string;
}
