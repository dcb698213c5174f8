/** @file What a data set of labelled images is. */

import type { Box } from "../image/index.js";

/** Images of one size with their labels, packed. */
export interface LabelledImages {
  /** Pixels 0..255, [count, channels, height, width]. */
  readonly pixels: Uint8Array;
  /** Class indices, [count]. */
  readonly labels: Uint8Array;
  /** Where the evidence for each image's class lies, in pixels; undefined where nobody knows. */
  readonly boxes?: readonly (readonly Box[])[];
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Dataset {
  /** The name it is asked for by, e.g. `mnist`. */
  readonly name: string;
  /** Where it came from, in words for people: printed with every result. */
  readonly source: string;
  readonly classes: readonly string[];
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}
