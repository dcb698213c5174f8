/** @file What arguments lead to: inputs, and what was left out on the way. */

import type { FoundImage } from "./sources/image-of.js";

export interface FoundInput extends FoundImage {
  /** The folder that was given and that it was found in; undefined for a file that was named, or matched by a pattern. */
  readonly folder?: string;
  /** Why an argument led to no file; `path` is then the argument. */
  readonly error?: FoveaError;
}

/** What one argument leads to. */
export interface FoundGroup {
  readonly inputs: readonly FoundInput[];
  readonly notes: readonly string[];
}
