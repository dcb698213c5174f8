/** @file Text: safe in SVG whatever it holds, fitted into its width, and drawn without installed fonts. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText, ellipsize, escapeXml, svgText, wrapText } from "../../../src/image/figure/text.js";
import { loadText } from "../../../src/image/node.js";

const style = { size: 12 } as const;
const outlines = await loadText();

describe("escapeXml(text) and cleanText(text)", () => {
  test("make labels harmless", () => {
    expect(svgText().draw(`<script>"a" & 'b'`, 1, 2, style)).toContain(
      "&#60;script&#62;&#34;a&#34; &#38; &#39;b&#39;</text>",
    );
  });

  test("leave no character that XML forbids", () => {
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
    expect(drawn).toMatch(/^<path role="img" aria-label="7 &#38; 9" fill="#123456" d="M[\dMLHVCQZ .-]+"\/>$/);
    expect(drawn).not.toContain("NaN");
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
      Number(/d="M([\d.-]+)/.exec(outlines.draw("mm", 100, 0, { ...style, anchor }))?.[1]);
    expect(start("start") - start("end")).toBeCloseTo(outlines.measure("mm", style), 1);
  });

  test("says which font it could not read", async () => {
    const text = await loadText({ fonts: [import.meta.filename] });
    expect(() => text.measure("日", style)).toThrow(
      /text\.test\.ts: font: expected a readable TTF, OTF or WOFF font, got /,
    );
  });
});
