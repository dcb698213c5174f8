/** @file Boxes in the pixels of a picture. */

import type { Box } from "../../../image/picture/resize.js";
import type { DetectedBox } from "./detect.js";
import type { InputSize } from "./layout.js";

/**
 * A detected box on the picture that the input was made of, cut off at the picture's edges.
 * @param seen the part of the picture that the network saw, in the picture's pixels (see `readImage`)
 * @param input sides of the network's input
 */
export function boxOnPicture(
  { left, top, right, bottom }: Pick<DetectedBox, "left" | "top" | "right" | "bottom">,
  seen: Box,
  input: InputSize,
  picture: InputSize,
): Box {
  const across = (x: number) => Math.min(picture.width, Math.max(0, seen.x + (x * seen.width) / input.width));
  const down = (y: number) => Math.min(picture.height, Math.max(0, seen.y + (y * seen.height) / input.height));
  const [x, y] = [across(left), down(top)];
  return { x, y, width: across(right) - x, height: down(bottom) - y };
}
