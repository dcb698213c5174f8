/** @file The samples of a picture with the regions of concepts on it. */

import type { Picture } from "../../picture/picture.js";
import { markMasks } from "../mask-marks.js";
import { type PanelSize, samplePanel } from "../panel.js";
import type { ConceptPicture } from "./concept-picture.js";

/** Regions in the colours of their numbers; tinted where there are several, of which each could be any. */
export function markConcepts({ picture, seen, maps }: ConceptPicture, size: PanelSize): Picture {
  const marks = maps.map(({ map, number }) => ({ map, number, place: seen, tinted: maps.length > 1 }));
  return markMasks(samplePanel(picture, size), marks, picture);
}
