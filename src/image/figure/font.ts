/** @file Text as SVG paths from font files, so that a figure looks the same on a machine that has no fonts. */

import type { Font } from "opentype.js";
import { cleanText, defaultFill, escapeXml, type FontWeight, type TextRenderer, type TextStyle } from "./text.js";

/** Fonts of one weight in the order in which a letter is looked for; each is read when it is first needed. */
export type FontStack = readonly (() => Font)[];

/**
 * Draws text as outlines. A letter that no font has is shown as the first font's glyph for unknown letters. Letters are set one
 * by one, from left to right, with the fonts' own widths and without kerning or ligatures.
 */
export function outlineText(stacks: Record<FontWeight, FontStack>): TextRenderer {
  const fonts = { regular: new Map<string, Font>(), semibold: new Map<string, Font>() };

  function fontOf(letter: string, weight: FontWeight): Font {
    let font = fonts[weight].get(letter);
    if (font === undefined) {
      font = findFont(stacks[weight], letter);
      fonts[weight].set(letter, font);
    }
    return font;
  }

  function layOut(text: string, { size, weight = "regular" }: TextStyle) {
    let width = 0;
    const glyphs = Array.from(cleanText(text), (letter) => {
      const font = fontOf(letter, weight);
      const glyph = font.charToGlyph(letter);
      const place = { glyph, x: width };
      width += ((glyph.advanceWidth ?? 0) * size) / font.unitsPerEm;
      return place;
    });
    return { glyphs, width };
  }

  return {
    measure: (text, style) => layOut(text, style).width,
    draw(text, x, y, style) {
      const { size, fill = defaultFill, anchor = "start" } = style;
      const { glyphs, width } = layOut(text, style);
      const left = x - { start: 0, middle: width / 2, end: width }[anchor];
      const outline = glyphs.map(({ glyph, x: at }) => glyph.getPath(left + at, y, size).toPathData(2)).join("");
      if (outline === "") return "";
      return `<path role="img" aria-label="${escapeXml(cleanText(text))}" fill="${fill}" d="${outline}"/>`;
    },
  };
}

function findFont(stack: FontStack, letter: string): Font {
  for (const load of stack) {
    const font = load();
    if (font.charToGlyphIndex(letter) > 0) return font;
  }
  const first = stack[0];
  if (first === undefined) throw new Error("internal: a font stack is empty");
  return first();
}
