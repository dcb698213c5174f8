/** @file The names of colour maps, and a line about each. */

/** A line about each colour map, keyed by name. Magma, plasma, viridis, inferno and cividis grow evenly lighter and are safe for colour-blind readers. */
export const colormapNotes = {
  inferno: "black over red to pale yellow; the default",
  magma: "black over purple to cream",
  plasma: "blue over magenta to yellow",
  viridis: "violet over green to yellow",
  cividis: "blue to yellow, nearly the same with and without colour blindness",
  turbo: "rainbow with smooth steps, as a polynomial near the original; not safe for colour-blind readers",
  jet: "the rainbow of older papers, for comparison with them: it shows edges where the map has none",
  grey: "black to white",
  rdbu_r: "blue (against) over white to red (for); the default for signed maps",
  puor_r: "purple (against) over white to orange (for)",
} as const;

/** The name of a colour map. */
export type ColormapName = keyof typeof colormapNotes;

export function isColormapName(name: string): name is ColormapName {
  return Object.hasOwn(colormapNotes, name);
}

/** The names of all colour maps. */
export const colormapNames: readonly ColormapName[] = Object.keys(colormapNotes).filter(isColormapName);

/**
 * The default for maps of evidence. Lightness grows evenly with the value, for colour-blind readers too; and as the overlay is
 * the more transparent the lower the value, it paints with its reds, oranges and yellows, which stand out from foliage, sky, fur
 * and grey digits, where viridis would paint green and blue.
 */
export const defaultColormap: ColormapName = "inferno";

/** The default for signed maps: red is evidence for, blue against, white neither; also told apart by colour-blind readers. */
export const defaultDivergingColormap: ColormapName = "rdbu_r";
