/** @file The place of a part of a picture, as CSS. */

import type { Box } from "../../../src/image/picture/resize.js";

/** In percent of the picture. */
export function boxStyle(box: Box, picture: { readonly width: number; readonly height: number }): string {
  const percent = (value: number, of: number) => `${((100 * value) / of).toFixed(3)}%`;
  return (
    `left: ${percent(box.x, picture.width)}; top: ${percent(box.y, picture.height)}; ` +
    `width: ${percent(box.width, picture.width)}; height: ${percent(box.height, picture.height)}`
  );
}
