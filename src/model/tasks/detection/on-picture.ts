/** @file Boxes in the pixels of a picture. */

import type { Box } from "../../../image/picture/resize.js";
import type { DetectedBox } from "./detect.js";
import type { InputSize } from "./layout.js";

/** Sides of a box, in pixels of the network's input. */
type Sides = Pick<DetectedBox, "left" | "top" | "right" | "bottom">;

/**
 * A detected box on the picture that the input was made of, cut off at the picture's edges.
 * @param seen the part of the picture that the network saw, in the picture's pixels (see `readImage`)
 * @param input sides of the network's input
 */
export function boxOnPicture(sides: Sides, seen: Box, input: InputSize, picture: InputSize): Box {
  const whole = uncutOnPicture(sides, seen, input);
  const across = (x: number) => Math.min(picture.width, Math.max(0, x));
  const down = (y: number) => Math.min(picture.height, Math.max(0, y));
  const [x, y] = [across(whole.x), down(whole.y)];
  return { x, y, width: across(whole.x + whole.width) - x, height: down(whole.y + whole.height) - y };
}

/** A box on the picture as `boxOnPicture` has it, also where it reaches over the picture's edges. */
export function uncutOnPicture({ left, top, right, bottom }: Sides, seen: Box, input: InputSize): Box {
  const [across, down] = [seen.width / input.width, seen.height / input.height];
  return {
    x: seen.x + left * across,
    y: seen.y + top * down,
    width: (right - left) * across,
    height: (bottom - top) * down,
  };
}
