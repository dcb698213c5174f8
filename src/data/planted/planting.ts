/** @file What a planted cue is. */

import type { Random } from "../../foundation/random.js";
import type { ImageDims } from "../cues/image-dims.js";

/** A kind of cue. */
export interface Planting {
  readonly name: string;
  /** For people: what is done to an image. */
  readonly sentence: string;
  /** Whether images get three channels, because the cue is a colour. */
  readonly colour: boolean;
  /** Marks an image in place. @param cue which of the class's marks it gets */
  readonly mark: (pixels: Uint8Array, dims: ImageDims, cue: number, source: Random) => void;
}
