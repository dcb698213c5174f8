/** @file Colour maps by name: 256 colours each, made when first asked for. */

import {
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolatePuOr,
  interpolateRdBu,
  interpolateTurbo,
  interpolateViridis,
} from "d3-scale-chromatic";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { type ColormapName, colormapNames, isColormapName } from "./colormap-names.js";

export { type ColormapName, colormapNames, defaultColormap, defaultDivergingColormap } from "./colormap-names.js";

export interface Colormap {
  readonly name: string;
  /** `sequential` colours values from 0 to 1. `diverging` colours values from -1 (against) to 1 (for), pale at zero. */
  readonly kind: "sequential" | "diverging";
  /** 256 colours, 3 bytes each, from the lowest value to the highest. */
  readonly table: Uint8Array;
}

/** What a bar of colours says. */
export interface ColorBar {
  readonly colormap: string | Colormap;
  /** The raw value at the top; a diverging bar ends at its negative. */
  readonly peak: number;
  /** The meaning of the numbers. A diverging bar has one for each half, the upper first. */
  readonly labels: readonly string[];
}

const kinds: Partial<Record<ColormapName, Colormap["kind"]>> = { rdbu_r: "diverging", puor_r: "diverging" };

const formulas: Record<ColormapName, (t: number) => string | Rgb> = {
  inferno: interpolateInferno,
  magma: interpolateMagma,
  plasma: interpolatePlasma,
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  turbo: interpolateTurbo,
  jet,
  grey: (t) => [255 * t, 255 * t, 255 * t],
  rdbu_r: (t) => interpolateRdBu(1 - t),
  puor_r: interpolatePuOr,
};

type Rgb = readonly [red: number, green: number, blue: number];

const cache = new Map<ColormapName, Colormap>();

/**
 * The colour map of that name; a colour map of one's own is returned as it is.
 * @throws FoveaError `unknown-name`
 */
export function colormap(choice: string | Colormap): Colormap {
  if (typeof choice !== "string") return checkTable(choice);
  if (!isColormapName(choice)) {
    const { code, message } = unknownName("colour map", choice, colormapNames);
    throw new FoveaError(code, `${message}; all are ${colormapNames.join(", ")}`);
  }
  const name = choice;
  let map = cache.get(name);
  if (map === undefined) {
    map = { name, kind: kinds[name] ?? "sequential", table: tableOf(formulas[name]) };
    cache.set(name, map);
  }
  return map;
}

/** The colour of one value, as 8-bit red, green and blue. Values beyond the map's range take the colour of its end. */
export function colorOf(choice: string | Colormap, value: number): Rgb {
  const map = colormap(choice);
  const first = 3 * colorIndex(map, value);
  const [red = 0, green = 0, blue = 0] = map.table.subarray(first, first + 3);
  return [red, green, blue];
}

/** Which of the table's 256 colours a value takes. */
export function colorIndex(map: Colormap, value: number): number {
  const t = map.kind === "diverging" ? (value + 1) / 2 : value;
  return Math.round(255 * Math.min(1, Math.max(0, t)));
}

function checkTable(map: Colormap): Colormap {
  if (map.table.length === 768) return map;
  throw new FoveaError(
    "shape-mismatch",
    `colour map "${map.name}": table: expected 256 colours of 3 bytes, got ${map.table.length} bytes`,
  );
}

function tableOf(formula: (t: number) => string | Rgb): Uint8Array {
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const color = formula(i / 255);
    table.set((typeof color === "string" ? parseCss(color) : color).map(Math.round), 3 * i);
  }
  return table;
}

/** `#rrggbb` and `rgb(r, g, b)`, the two forms that d3-scale-chromatic writes. */
function parseCss(color: string): number[] {
  if (color.startsWith("#")) return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
  return (color.match(/\d+/g) ?? []).map(Number);
}

/** Matplotlib's definition: each channel is linear between its corners. */
function jet(t: number): Rgb {
  return [
    255 * interpolate(t, [0, 0], [0.35, 0], [0.66, 1], [0.89, 1], [1, 0.5]),
    255 * interpolate(t, [0, 0], [0.125, 0], [0.375, 1], [0.64, 1], [0.91, 0], [1, 0]),
    255 * interpolate(t, [0, 0.5], [0.11, 1], [0.34, 1], [0.65, 0], [1, 0]),
  ];
}

function interpolate(t: number, ...corners: readonly (readonly [t: number, value: number])[]): number {
  const next = Math.max(
    1,
    corners.findIndex(([place]) => place >= t),
  );
  const [[t0, v0], [t1, v1]] = [at(corners, next - 1), at(corners, next)];
  return v0 + ((v1 - v0) * (t - t0)) / (t1 - t0);
}
