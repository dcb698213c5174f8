/** @file What is measured of a detector: the objects of each scene, and the boxes that were found there. */

import type { SceneObject } from "../../data/scenes/scene-set.js";
import type { Box } from "../../image/picture/resize.js";

/** A box that a detector found. */
export interface FoundBox {
  /** An index into the set's classes. */
  readonly classIndex: number;
  /** 0 to 1. */
  readonly score: number;
  /** In pixels of the picture. */
  readonly box: Box;
}

/** The objects of a scene, and what was found there. */
export interface DetectedScene {
  readonly objects: readonly SceneObject[];
  /** Every box above a low score, in any order: average precision reads scores down to the lowest. */
  readonly found: readonly FoundBox[];
}

/** Boxes of a class in a scene that count, as in COCO's evaluation: the surest. */
export const mostFound = 100;
