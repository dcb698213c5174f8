/** @file An error of a detector in words, for lists. */

import type { DetectionError } from "../../../evaluate/detection/error-kinds.js";
import type { Box } from "../../../image/picture/resize.js";

export interface ListedError extends Pick<DetectionError, "kind" | "overlap"> {
  /** Of its picture. */
  readonly image: string;
  /** The found box. */
  readonly found?: { readonly class: string; readonly score: number; readonly box: Box };
  /** The object that it is about. */
  readonly object?: { readonly class: string; readonly box: Box };
}
