/** @file Text: safe in SVG whatever it holds, fitted into its width, and drawn without installed fonts. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import fc from "fast-check";
import opentype from "opentype.js";
import { describe, expect, test } from "vitest";
import { cleanText, ellipsize, escapeXml, svgText, wrapText } from "../../../src/image/figure/text.js";
import { loadText } from "../../../src/image/fonts/node.js";
import { decodeImage, svgToPng } from "../../../src/image/node.js";
import { everything } from "../../support/share.js";

const style = { size: 12 } as const;
const outlines = await loadText();

describe("escapeXml(text) and cleanText(text)", () => {
  test("make labels harmless", () => {
    expect(svgText().draw(`<script>"a" & 'b'`, 1, 2, style)).toContain(
      "&#60;script&#62;&#34;a&#34; &#38; &#39;b&#39;</text>",
    );
  });

  test.runIf(everything)("leave no character that XML forbids", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (a, b) => {
          const text = escapeXml(cleanText(a + b));
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
          expect(text).not.toMatch(/[\u0000-\u001f\u007f\ufffe\uffff<>"']|\p{Cs}/u);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test("put everything on one line, composed", () => {
    expect(cleanText(" a\n\tb\u2028e\u0301\u200b ")).toBe("a b \u00e9");
  });
});

describe("ellipsize(text, width, style, renderer)", () => {
  test("keeps what fits and ends the rest with an ellipsis", () => {
    expect(ellipsize("short", 100, style, outlines)).toBe("short");
    expect(ellipsize("a long name of a class", 60, style, outlines)).toMatch(/^a long.*…$/);
  });

  test("never exceeds the width, where an ellipsis fits", () => {
    for (const renderer of [outlines, svgText()]) {
      fc.assert(
        fc.property(
          fc.string({ unit: "grapheme", maxLength: 40 }),
          fc.integer({ min: 15, max: 120 }),
          (text, width) => {
            expect(renderer.measure(ellipsize(text, width, style, renderer), style)).toBeLessThanOrEqual(width);
          },
        ),
        { seed: 1, numRuns: 100 },
      );
    }
  });
});

describe("wrapText(text, width, style, renderer)", () => {
  test("breaks at spaces and loses no word", () => {
    const text = "The map is zero everywhere: all evidence for this class is negative.";
    const lines = wrapText(text, 120, style, outlines);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(" ")).toBe(text);
    for (const line of lines) expect(outlines.measure(line, style)).toBeLessThanOrEqual(120);
  });
});

describe("loadText()", () => {
  test("draws letters as one path, with the words for screen readers", () => {
    const drawn = outlines.draw("7 & 9", 10, 20, { ...style, weight: "semibold", fill: "#123456" });
    expect(drawn).toMatch(
      /^<path role="img" aria-label="7 &#38; 9" fill="#123456" transform="scale\(0\.05\)" d="m[\dmlhvcqz -]+"\/>$/,
    );
    expect(drawn).not.toContain("NaN");
  });

  test("draws where the font's own outlines are, to a twentieth of a pixel", async () => {
    const drawn = outlines.draw("R8g%", 3, 40, { ...style, size: 30 });
    const file = createRequire(import.meta.url).resolve("@fontsource/inter/files/inter-latin-400-normal.woff");
    const font = opentype.parse(new Uint8Array(readFileSync(file)).buffer);
    let x = 3;
    const expected = Array.from("R8g%", (letter) => {
      const path = font.getPath(letter, x, 40, 30).toPathData(2);
      x += font.getAdvanceWidth(letter, 30);
      return path;
    });
    const raster = async (path: string) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="110" height="60">${path}</svg>`;
      return (await decodeImage(await svgToPng(svg, { scale: 2 }))).pixels;
    };
    const own = await raster(drawn);
    const absolute = await raster(`<path fill="#1a1a1a" d="${expected.join("")}"/>`);
    const differences = own.map((value, i) => Math.abs(value - (absolute[i] as number)));
    expect(Math.max(...differences)).toBeLessThan(60);
    expect(differences.reduce((sum, each) => sum + each, 0) / differences.length).toBeLessThan(1);
    expect(Math.min(...own)).toBeLessThan(40);
  });

  test("finds Latin, Greek and Cyrillic letters, arrows and relations in its fonts", () => {
    const unknown = outlines.measure("\u{10ffff}", style);
    const same = [..."éşΩж→≤"].filter((letter) => outlines.measure(letter, style) === unknown);
    expect(same).toEqual([]);
  });

  test("shows letters that no font has by the glyph for unknown ones", () => {
    expect(outlines.draw("日", 0, 0, style)).toContain("<path");
    expect(outlines.measure("日本", style)).toBeCloseTo(2 * outlines.measure("語", style));
  });

  test("aligns by its own widths", () => {
    const start = (anchor: "start" | "end") =>
      Number(/d="m([\d-]+)/.exec(outlines.draw("mm", 100, 0, { ...style, anchor }))?.[1]) / 20;
    expect(start("start") - start("end")).toBeCloseTo(outlines.measure("mm", style), 1);
  });

  test("says which font it could not read", async () => {
    const text = await loadText({ fonts: [import.meta.filename] });
    expect(() => text.measure("日", style)).toThrow(
      /text\.test\.ts: font: expected a readable TTF, OTF or WOFF font, got /,
    );
  });
});
