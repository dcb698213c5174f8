/** @file Figures: layout as SVG snapshots, and what they must say and refuse. */

import { describe, expect, test } from "vitest";
import { type ExplanationFigure, explanationFigure } from "../../../src/image/figure/figure.js";
import { formatNumber } from "../../../src/image/figure/format-number.js";
import { contactSheet } from "../../../src/image/figure/sheet.js";
import { hill, namingPlatform, stripes } from "../fixture.js";

const digit = stripes(28, 28, 1);
const photo = stripes(640, 480);
const zero = { width: 4, height: 4, values: new Float32Array(16) };

const figures: Record<string, ExplanationFigure> = {
  "one class of a digit": {
    picture: digit,
    title: "test image 12",
    subtitle: "mnist.onnx",
    rows: [{ title: "7", score: "0.998", detail: "Grad-CAM · conv2", map: hill(12, 12, 0.031) }],
  },
  "two classes of a photo on one scale, one without evidence": {
    picture: photo,
    rows: [
      { title: "tabby & <cat>", score: "0.71", detail: "Grad-CAM · layer4", map: hill(7, 7, 3.2), peak: 4 },
      {
        title: "dog",
        score: "0.20",
        map: zero,
        peak: 4,
        note: "The map is zero everywhere: all evidence is negative.",
      },
    ],
  },
  "a signed map": {
    picture: digit,
    rows: [{ title: "3", map: hill(24, 24, 2e-5), signed: true }],
  },
  "a map of zeros": { picture: digit, rows: [{ title: "3", map: zero }] },
};

describe("explanationFigure(figure, platform)", () => {
  test.each(Object.entries(figures))("draws %s", async (name, figure) => {
    const svg = await explanationFigure(figure, namingPlatform);
    await expect(svg).toMatchFileSnapshot(`../../fixtures/figures/${name.replaceAll(/[ ,]+/g, "-")}.svg`);
  });

  test("shows a small picture's pixels as squares, exactly, and a photo no larger than needed", async () => {
    const small = await explanationFigure(figures["a map of zeros"] as ExplanationFigure, namingPlatform);
    expect(small).toContain(
      'width="280" height="280" preserveAspectRatio="none" aria-label="Original: 3" href="data:,exact-560x560x1"',
    );
    const large = await explanationFigure({ picture: photo, rows: [{ title: "x", map: zero }] }, namingPlatform, {
      panelSize: 300,
      pixelRatio: 1,
    });
    expect(large).toContain(
      'width="300" height="225" preserveAspectRatio="none" aria-label="Overlay: x" href="data:,photo-300x225x3"',
    );
    expect(large).toContain('href="data:,exact-300x225x3"');
  });

  test("has no identifiers, so that several figures can stand in one page", async () => {
    for (const figure of Object.values(figures)) {
      expect(await explanationFigure(figure, namingPlatform)).not.toMatch(/ id=|url\(#/);
    }
  });

  test("keeps labels inside the page, however long", async () => {
    const long = "very long name ".repeat(40);
    const figure = {
      picture: digit,
      title: long,
      subtitle: long,
      rows: [{ title: long, score: long, detail: long, note: long, map: zero }],
    };
    const svg = await explanationFigure(figure, namingPlatform);
    const page = Number(/<svg [^>]*width="(\d+)"/.exec(svg)?.[1]);
    for (const [, x, size, anchor, text] of svg.matchAll(
      /<text x="([\d.]+)"[^>]*font-size="(\d+)"[^>]*text-anchor="(\w+)">([^<]*)</g,
    )) {
      const width = namingPlatform.text.measure(text as string, {
        size: Number(size),
        weight: Number(size) > 15 ? "semibold" : "regular",
      });
      const [from, to] = anchor === "end" ? [Number(x) - width, Number(x)] : [Number(x), Number(x) + width];
      if (anchor === "middle") continue;
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(page);
    }
  });

  test("refuses a figure without rows, a map with NaN, and a colour map of the other kind", async () => {
    await expect(explanationFigure({ picture: digit, rows: [] }, namingPlatform)).rejects.toThrow(
      "explanation figure: rows: expected at least one, got none",
    );
    const broken = { width: 1, height: 1, values: Float32Array.of(Number.NaN) };
    await expect(
      explanationFigure({ picture: digit, rows: [{ title: "x", map: broken }] }, namingPlatform),
    ).rejects.toThrow("map 1x1: row 0, column 0: expected a finite number, got NaN");
    await expect(
      explanationFigure({ picture: digit, rows: [{ title: "x", map: zero }] }, namingPlatform, { colormap: "rdbu_r" }),
    ).rejects.toThrow('explanation figure: colour map of "x": expected a sequential one, got "rdbu_r"');
  });
});

describe("formatNumber(value)", () => {
  test.each([
    [0, "0"],
    [0.030712, "0.0307"],
    [12345.6, "12300"],
    [1.5e-5, "1.5e−5"],
    [-2, "−2"],
    [3e7, "3e7"],
  ])("writes %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("contactSheet(sheet, platform)", () => {
  test("draws a grid of captioned pictures", async () => {
    const cells = [
      { picture: digit, caption: "4 → 9", detail: "0.97", map: hill(12, 12) },
      { picture: digit, caption: "a caption that is much too long for its cell" },
      { picture: photo, caption: "photo", detail: "0.5" },
    ];
    const svg = await contactSheet({ title: "Errors", subtitle: "3 of 120", cells }, namingPlatform, { columns: 2 });
    await expect(svg).toMatchFileSnapshot("../../fixtures/figures/contact-sheet.svg");
  });

  test("refuses no cells and no columns", async () => {
    await expect(contactSheet({ cells: [] }, namingPlatform)).rejects.toThrow(
      "contact sheet: cells: expected at least one, got none",
    );
    const cells = [{ picture: digit, caption: "x" }];
    await expect(contactSheet({ cells }, namingPlatform, { columns: 0 })).rejects.toThrow(
      "contact sheet: columns: expected a positive integer, got 0",
    );
  });
});
