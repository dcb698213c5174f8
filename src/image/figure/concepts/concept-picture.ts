/** @file A picture with the concepts that are in it. */

import type { FloatMap } from "../../map/heatmap.js";
import type { Picture } from "../../picture/picture.js";
import type { Box } from "../../picture/resize.js";

/** A picture, and where concepts are in it. */
export interface ConceptPicture {
  readonly picture: Picture;
  /** The part that the network saw, which the maps cover, in pixels of the picture. */
  readonly seen: Box;
  /** Of each drawn concept, by its number from 1: 0 to 1; its region begins at 1/2. */
  readonly maps: readonly { readonly number: number; readonly map: FloatMap }[];
}
