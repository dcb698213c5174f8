/** @file What a data set of labelled images is. */

/** Images of one size with their labels, packed. */
export interface LabelledImages {
  /** Pixels 0..255, [count, channels, height, width]. */
  readonly pixels: Uint8Array;
  /** Class indices, [count]. */
  readonly labels: Uint8Array;
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
