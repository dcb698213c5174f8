/** @file The colours of maps' cells: grey for activations, two colours for what has a sign, the map's own for the result. */

import type { ColormapName } from "../../../src/image/map/colormap.js";
import { mapColors } from "../shared/map/heat.js";

/** Red for what raises the score and blue for what lowers it, as the signed maps have them. */
const raises = [214, 96, 77] as const;
const lowers = [67, 147, 195] as const;

/** Transparent where the value is zero, so that the page's own ground is the middle. */
export function signedPixels(
  values: ArrayLike<number>,
  peak: number,
): (at: number) => readonly [number, number, number, number] {
  return (at) => {
    const value = (values[at] ?? 0) / (peak || 1);
    return [...(value < 0 ? lowers : raises), Math.round(255 * Math.min(1, Math.abs(value)))];
  };
}

/** Black to white; by the root of the value, since most are far below the largest. */
export function greyPixels(
  values: ArrayLike<number>,
  peak: number,
): (at: number) => readonly [number, number, number, number] {
  return (at) => {
    const grey = Math.round(255 * Math.sqrt(Math.min(1, Math.max(0, (values[at] ?? 0) / (peak || 1)))));
    return [grey, grey, grey, 255];
  };
}

/** The map's own colours from zero. */
export function heatPixels(
  values: Float32Array,
  peak: number,
  colormap: ColormapName,
): (at: number) => readonly [number, number, number, number] {
  const { table } = mapColors(colormap, false);
  return (at) => {
    const from = 3 * Math.round(255 * Math.min(1, Math.max(0, (values[at] ?? 0) / (peak || 1))));
    return [table[from] ?? 0, table[from + 1] ?? 0, table[from + 2] ?? 0, 255];
  };
}

/** A cell's ground, as CSS, and whether white or black is read better on it. */
export function heatCell(
  value: number,
  peak: number,
  colormap: ColormapName,
): { readonly ground: string; readonly ink: string } {
  const { table } = mapColors(colormap, false);
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, value / (peak || 1))));
  const color = [table[at] ?? 0, table[at + 1] ?? 0, table[at + 2] ?? 0] as const;
  return { ground: `rgb(${color.join(" ")})`, ink: luminance(color) > 0.18 ? "#000" : "#fff" };
}

/** As in WCAG 2. */
function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The colours of the steps, which \`How.svelte\` sets for both themes. */
export const stepColors = {
  activation: "var(--act)",
  gradient: "var(--grad)",
  weight: "var(--alpha)",
  sum: "var(--sum)",
  map: "var(--over)",
} as const;

export type StepColor = keyof typeof stepColors;
