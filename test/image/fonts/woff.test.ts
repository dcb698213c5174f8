/** @file Fonts without their tables of layout: the same letters. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import opentype from "opentype.js";
import { describe, expect, test } from "vitest";
import { plainFont } from "../../../src/image/fonts/woff.js";

const { resolve } = createRequire(import.meta.url);
const files = [
  ...["latin-400", "latin-600", "cyrillic-ext-400"].map((name) => `@fontsource/inter/files/inter-${name}-normal.woff`),
  "@fontsource/noto-sans-math/files/noto-sans-math-latin-400-normal.woff",
];
const read = (bytes: Uint8Array) => opentype.parse(new Uint8Array(bytes).buffer);

/** Widths and outlines of the letters that a line of text may have. */
function lettersOf(font: opentype.Font) {
  const codes = Array.from({ length: 0x2300 }, (_, code) => code).filter((code) =>
    code < 0x600 ? true : code > 0x1e00,
  );
  return codes.flatMap((code) => {
    const glyph = font.charToGlyph(String.fromCodePoint(code));
    return glyph.index === 0 ? [] : [{ code, width: glyph.advanceWidth, ...glyph.getPath(0.25, 0.75, 13) }];
  });
}

describe("plainFont(file)", () => {
  test.each(files)("keeps widths and outlines of %s", (file) => {
    const whole = readFileSync(resolve(file));
    const plain = plainFont(whole, inflateSync);
    const [expected, got] = [read(whole), read(plain)];
    expect(lettersOf(got)).toEqual(lettersOf(expected));
    expect(got.unitsPerEm).toBe(expected.unitsPerEm);
    expect(Object.keys(got.tables)).not.toContain("gsub");
  });

  test("leaves other files as they are", () => {
    const file = new TextEncoder().encode("OTTO and more");
    expect(plainFont(file, inflateSync)).toBe(file);
    expect(plainFont(new Uint8Array(), inflateSync)).toHaveLength(0);
  });
});
