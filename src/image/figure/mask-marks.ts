/** @file Shapes of objects on a picture of a figure: outlined, and tinted where they are not told by a heat map. */

import type { FloatMap } from "../map/heatmap.js";
import { type Picture, toRgb } from "../picture/picture.js";
import { type Box, placeMap } from "../picture/resize.js";
import { colourOfBox } from "./box-marks.js";

/** A shape to draw. */
export interface MaskMark {
  /** 0 to 1; what is inside begins at 1/2. */
  readonly map: FloatMap;
  /** What the map covers, in the picture's pixels. */
  readonly place: Box;
  /** The number of its box, whose colour it has. */
  readonly number: number;
  /** The inside is coloured, too. Default false. */
  readonly tinted?: boolean;
}

/** How much of the colour there is inside, where that is coloured. */
const tint = 0.4;

/**
 * Samples of a picture with shapes on them.
 * @param size of the picture in its own pixels
 */
export function markMasks(
  samples: Picture,
  marks: readonly MaskMark[],
  size: { readonly width: number; readonly height: number },
): Picture {
  const { width, height } = samples;
  const marked = toRgb(samples);
  const pixels = marked.pixels.slice();
  const [across, down] = [width / size.width, height / size.height];
  const paint = (at: number, colour: readonly number[], share: number) => {
    for (const [c, value] of colour.entries())
      pixels[3 * at + c] = Math.round((1 - share) * (pixels[3 * at + c] ?? 0) + share * value);
  };
  // The first ones are the surest: they are drawn last.
  for (const { map, place, number, tinted = false } of marks.toReversed()) {
    const placed = { x: place.x * across, y: place.y * down, width: place.width * across, height: place.height * down };
    const { values } = placeMap(map, placed, width, height);
    const isInside = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && (values[y * width + x] ?? 0) >= 0.5;
    const colour = channelsOf(colourOfBox(number));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        if (!isInside(x, y)) continue;
        const distance = distanceToEdge(isInside, x, y);
        if (distance <= lineWidth) paint(y * width + x, colour, 1);
        else if (distance <= lineWidth + haloWidth) paint(y * width + x, white, 0.7);
        else if (tinted) paint(y * width + x, colour, tint);
      }
  }
  return { ...marked, pixels };
}

const white = [255, 255, 255];
/** In samples: a line, and a bright one inside it that shows it on dark colours. */
const [lineWidth, haloWidth] = [2, 1];

/** How many samples away the nearest one outside is, up to the widths of both lines; more for any that are farther. */
function distanceToEdge(isInside: (x: number, y: number) => boolean, x: number, y: number): number {
  for (let step = 1; step <= lineWidth + haloWidth; step++)
    if (!(isInside(x - step, y) && isInside(x + step, y) && isInside(x, y - step) && isInside(x, y + step)))
      return step;
  return Number.POSITIVE_INFINITY;
}

/** Of `#rrggbb`: red, green and blue, 0 to 255. */
function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
