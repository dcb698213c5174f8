/** @file Fonts that a drawing or a page carries with it, so that its text looks the same on every machine. */

import { type FontWeight, fontWeights } from "./text.js";

/** A file of Inter. */
export interface EmbeddedFont {
  readonly weight: FontWeight;
  /** Its WOFF2 file as a `data:` URL. */
  readonly url: string;
}

/** The fonts as CSS rules of the family Inter. */
export function fontRules(fonts: readonly EmbeddedFont[]): string {
  const rules = fonts.map(
    ({ weight, url }) =>
      `@font-face{font-family:Inter;font-weight:${fontWeights[weight]};src:url(${url}) format("woff2")}`,
  );
  return rules.join("");
}
