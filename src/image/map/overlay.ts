/** @file Maps as colours: alone, and laid over the picture they explain. */

import { FoveaError } from "../../foundation/error.js";
import { type Picture, toRgb, toRgba } from "../picture/picture.js";
import { resizeMap } from "../picture/resize.js";
import { type Colormap, colorIndex, colormap, defaultColormap } from "./colormap.js";
import { checkFinite, type FloatMap } from "./heatmap.js";

export type Blend = "evidence" | "constant";

/** How a map is laid over a picture. */
export interface OverlayOptions {
  /** Name of a colour map, or one's own. Its kind sets the range of the map's values: [0, 1] or, diverging, [-1, 1]. Default "inferno". */
  colormap?: string | Colormap;
  /**
   * How opaque the colour is. `evidence` (default): `alpha = opacity * min(1, 2 |value|)`, so that the picture stays untouched
   * where there is no evidence and the colour is full from half the peak on. `constant`: `alpha = opacity` everywhere, the
   * blend of most Grad-CAM tools.
   */
  blend?: Blend;
  /** From 0 (nothing to be seen of the map) to 1. Default 0.7 with `evidence`, 0.5 with `constant`. */
  opacity?: number;
}

/** A display map as a picture of its colours. */
export function colorizeMap(map: FloatMap, choice: string | Colormap = defaultColormap): Picture {
  checkFinite(map);
  const colors = colormap(choice);
  const pixels = new Uint8Array(map.values.length * 3);
  for (let i = 0; i < map.values.length; i++) {
    const from = 3 * colorIndex(colors, map.values[i] as number);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = colors.table[from + c] as number;
  }
  return { width: map.width, height: map.height, channels: 3, pixels };
}

/**
 * A display map (see `normalizeMap`) over the picture: `(1 - alpha) * picture + alpha * colour` on the sRGB samples, with
 * `alpha` as `blend` says. A map of another size is brought to the picture's bilinearly.
 */
export function overlay(picture: Picture, map: FloatMap, options: OverlayOptions = {}): Picture {
  const { blend = "evidence", opacity = blend === "evidence" ? 0.7 : 0.5 } = options;
  if (!(opacity >= 0 && opacity <= 1))
    throw new FoveaError("bad-input", `overlay: opacity: expected 0 to 1, got ${opacity}`);
  const display =
    map.width === picture.width && map.height === picture.height ? map : resizeMap(map, picture.width, picture.height);
  const colors = colorizeMap(display, options.colormap).pixels;
  const base = toRgb(picture).pixels;
  const pixels = new Uint8Array(base.length);
  for (let i = 0; i < display.values.length; i++) {
    const alpha = opacity * strengthOf(display.values[i] as number, blend);
    for (let at = 3 * i; at < 3 * i + 3; at++) {
      // Storing cuts off the fraction, so this rounds; Math.round takes three times as long.
      pixels[at] = (1 - alpha) * (base[at] as number) + alpha * (colors[at] as number) + 0.5;
    }
  }
  return { width: picture.width, height: picture.height, channels: 3, pixels };
}

/**
 * The layer that `overlay` lays over a picture, alone, for a canvas above it: RGBA at full opacity. A canvas of that opacity over
 * the picture shows the same as `overlay`, to a level.
 */
export function overlayLayer(
  map: FloatMap,
  { colormap, blend = "evidence" }: Omit<OverlayOptions, "opacity"> = {},
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = toRgba(colorizeMap(map, colormap));
  for (let i = 0; i < map.values.length; i++) rgba[4 * i + 3] = 255 * strengthOf(map.values[i] as number, blend);
  return rgba;
}

/** How opaque a value is, as a share of the overlay's opacity. */
function strengthOf(value: number, blend: Blend): number {
  return blend === "constant" ? 1 : Math.min(1, 2 * Math.abs(value));
}
