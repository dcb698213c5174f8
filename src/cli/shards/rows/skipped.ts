/** @file Images without rows. */

import type { SkippedPhoto } from "../../../data/photos/photo.js";

/** What was skipped, and of how many images. */
export interface Skipped {
  readonly skipped: readonly SkippedPhoto[];
  readonly total: number;
}
