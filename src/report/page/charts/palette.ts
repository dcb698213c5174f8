/** @file The colours of the page, each for light and for dark. Calm ones: the maps shall be the only loud thing. */

/** [in light, in dark]. */
export const palette = {
  paper: ["#f5f6f8", "#101417"],
  surface: ["#ffffff", "#171c20"],
  ink: ["#15191e", "#e7ebef"],
  soft: ["#535d68", "#a3aeb9"],
  rule: ["#d9dde2", "#2c343b"],
  shade: ["#e9ecf0", "#222a30"],
  accent: ["#285a8c", "#8fbdea"],
  /** The head of the page is dark in both, as a darkroom is. */
  deep: ["#0e1419", "#090c0f"],
  onDeep: ["#eef2f5", "#eef2f5"],
  softOnDeep: ["#a9b5c0", "#a9b5c0"],
  ruleOnDeep: ["#2b353e", "#232b32"],
  model0: ["#616c78", "#a8b3be"],
  model1: ["#2b66a0", "#7fb4e8"],
  model2: ["#2a7a72", "#74c6bc"],
  model3: ["#8a6420", "#d8b36a"],
} as const satisfies Record<string, readonly [string, string]>;

/** The largest share of accent in a shaded cell, so that its number can still be read. */
export const strongestShade = 0.45;

/** The palette as custom properties: `onDeep` becomes `--on-deep`, `model0` becomes `--model-0`. */
export const paletteStyle = Object.entries(palette)
  .map(
    ([name, [light, dark]]) =>
      `--${name.replace(/[A-Z]|\d/g, (end) => `-${end.toLowerCase()}`)}:light-dark(${light},${dark})`,
  )
  .join(";");
