/** @file Fonts that a drawing or a page carries with it, so that its text looks the same on every machine. */

import { dataUrl } from "../picture/data-url.js";

/** A file of Inter. */
export interface EmbeddedFont {
  readonly weight: 400 | 600;
  /** Its WOFF2 file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The fonts as CSS rules of the family Inter. */
export function fontRules(fonts: readonly EmbeddedFont[]): string {
  const rules = fonts.map(
    ({ weight, bytes }) =>
      `@font-face{font-family:Inter;font-weight:${weight};src:url(${dataUrl("font/woff2", bytes)}) format("woff2")}`,
  );
  return rules.join("");
}
