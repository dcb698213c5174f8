/** @file How far a found box and an object's box are the same. */

import type { Box } from "../../image/picture/resize.js";

/**
 * Intersection over union, 0 to 1. Of a crowd, COCO's rule: how much of the found box lies in it, for nobody says how many objects a crowd is
 * (Lin et al., "Microsoft COCO", ECCV 2014; `bbIou` of the COCO API).
 * @param crowd whether `truth` is one
 */
export function overlapOf(found: Box, truth: Box, crowd = false): number {
  const across = Math.min(found.x + found.width, truth.x + truth.width) - Math.max(found.x, truth.x);
  const down = Math.min(found.y + found.height, truth.y + truth.height) - Math.max(found.y, truth.y);
  if (across <= 0 || down <= 0) return 0;
  const shared = across * down;
  const own = found.width * found.height;
  return shared / (crowd ? own : own + truth.width * truth.height - shared);
}
