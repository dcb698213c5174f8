/** @file Boxes of a photo as a network sees them. */

import { seenBox } from "../../image/input/preprocess.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Box } from "../../image/picture/resize.js";
import type { Photo } from "./photo.js";

/** The photo's boxes in pixels of the network's input; they may reach beyond it. None where nothing is known of them. */
export function placedBoxes({ width, height, boxes = [] }: Photo, preprocessing: Preprocessing): Box[] {
  const seen = seenBox(preprocessing, width, height);
  const [across, down] = [preprocessing.width / seen.width, preprocessing.height / seen.height];
  return boxes.map((box) => ({
    x: (box.x - seen.x) * across,
    y: (box.y - seen.y) * down,
    width: box.width * across,
    height: box.height * down,
  }));
}
