/** @file The boxes of an input with their maps. */

import type { FoundInput } from "../../../data/find-inputs.js";
import type { BoxMap } from "../../../explain/boxes/box-options.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import type { Picture } from "../../../image/picture/picture.js";
import type { Box } from "../../../image/picture/resize.js";
import type { DetectedBox } from "../../../model/tasks/detection/detect.js";
import type { MaskedPixels } from "../../../model/tasks/detection/object-mask.js";
import type { ImageInput } from "../../inputs/read-input.js";

/** A box with its number in the list, and where it is on the picture. */
export interface NumberedBox {
  readonly number: number;
  readonly box: DetectedBox;
  /** In the picture's pixels. */
  readonly place: Box;
  /** Of instance segmentation. */
  readonly shape?: BoxShape;
}

/** The shape of the object in a box, on the picture. */
export interface BoxShape {
  readonly map: FloatMap;
  /** What the map covers, in the picture's pixels, also beyond its edges. */
  readonly place: Box;
  readonly pixels: MaskedPixels;
}

export interface ExplainedBox extends NumberedBox {
  readonly map: BoxMap;
}

/** One input with its boxes. */
export interface BoxResult {
  readonly source: FoundInput;
  readonly image: ImageInput;
  readonly picture: Picture;
  /** All, the surest first. */
  readonly boxes: readonly NumberedBox[];
  readonly explained: readonly ExplainedBox[];
}
