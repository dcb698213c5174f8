/** @file Pictures as a report holds them. */

import type { Platform } from "../model/platform.js";
import type { Encode } from "./collect/draw.js";

/** Longest side of pictures that are written without losses: their pixels are seen one by one. */
const smallSide = 128;

export function encoder({ encodeDataUrl }: Pick<Platform, "encodeDataUrl">): Encode {
  return (picture) => encodeDataUrl(picture, Math.max(picture.width, picture.height) <= smallSide ? "png" : "webp");
}
