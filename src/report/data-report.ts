/** @file What a report says of its data. */

import type { Picture } from "./picture.js";

export interface DataReport {
  readonly name: string;
  /** Where it came from, in words for people. */
  readonly source: string;
  readonly classes: readonly string[];
  /** How many images each part holds; a part that is not there is left out. */
  readonly counts: { readonly train?: number; readonly validation?: number; readonly test?: number };
  /** Describes an image, e.g. `28 × 28 pixels, grey`. */
  readonly image: string;
  /** Which part the models are measured on. Default `test`. */
  readonly part?: "train" | "validation" | "test" | "all";
  /** A few pictures of each class. Default: none. */
  readonly samples?: readonly ClassSamples[];
}

export interface ClassSamples {
  /** Class index. */
  readonly label: number;
  readonly pictures: readonly Picture[];
}
