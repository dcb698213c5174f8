/** @file The flags of `fovea evaluate`, and the usual limits of boxes. */

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

/** What evaluations of others take as well: every score counts for average precision, and boxes of one object go from an overlap of 0.7 on. */
export const usualLimits = { confidence: 0.001, overlap: 0.7 } as const;
