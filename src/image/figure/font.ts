/** @file Text as SVG paths from font files, so that a figure looks the same on a machine that has no fonts. */

import type { Font, PathCommand } from "opentype.js";
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
      const outline = outlineOf(glyphs.flatMap(({ glyph, x: at }) => glyph.getPath(left + at, y, size).commands));
      if (outline === "") return "";
      const label = escapeXml(cleanText(text));
      return `<path role="img" aria-label="${label}" fill="${fill}" transform="scale(${1 / grid})" d="${outline}"/>`;
    },
  };
}

/** Steps of a pixel that outlines keep to. */
const grid = 20;

/** Path data in whole steps, each place by its distance to the one before: a third as long as with absolute decimals. */
function outlineOf(commands: readonly PathCommand[]): string {
  let [x, y] = [0, 0];
  let [startX, startY] = [0, 0];
  const data = commands.map((command) => {
    if (command.type === "Z") {
      [x, y] = [startX, startY];
      return "z";
    }
    const places =
      command.type === "C"
        ? [command.x1, command.y1, command.x2, command.y2, command.x, command.y]
        : command.type === "Q"
          ? [command.x1, command.y1, command.x, command.y]
          : [command.x, command.y];
    const steps = places.map((place, i) => Math.round(place * grid) - (i % 2 === 0 ? x : y));
    [x, y] = [x + (steps.at(-2) ?? 0), y + (steps.at(-1) ?? 0)];
    if (command.type === "M") [startX, startY] = [x, y];
    return command.type === "L" ? lineBy(steps) : command.type.toLowerCase() + joined(steps);
  });
  return data.join("");
}

function lineBy([across = 0, down = 0]: readonly number[]): string {
  if (down === 0) return across === 0 ? "" : `h${across}`;
  return across === 0 ? `v${down}` : `l${joined([across, down])}`;
}

function joined(steps: readonly number[]): string {
  return steps.join(" ").replaceAll(" -", "-");
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
