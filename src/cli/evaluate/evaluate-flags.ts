/** @file The flags of `fovea evaluate`. */

import type { GroupFlags } from "../options/class-option.js";
import type { ModelOptions } from "../options/model-options.js";
import type { RowFlags } from "../shards/rows/row-destination.js";

export interface DetectorFlags {
  readonly seed: string;
  readonly errors: number;
  readonly conf?: number;
  readonly iou?: number;
}

export interface EvaluateFlags extends ModelOptions, GroupFlags, DetectorFlags, RowFlags {
  readonly split?: string;
  readonly json?: boolean;
}
