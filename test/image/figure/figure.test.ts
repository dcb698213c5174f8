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
      'width="280" height="280" preserveAspectRatio="none" aria-label="Original" href="data:,exact-560x560x1"',
    );
    const large = await explanationFigure({ picture: photo, rows: [{ title: "x", map: zero }] }, namingPlatform, {
      panelSize: 280,
      pixelRatio: 1,
    });
    expect(large).toContain(
      'width="280" height="210" preserveAspectRatio="none" aria-label="Overlay: x" href="data:,photo-280x210x3"',
    );
    expect(large).toContain('href="data:,exact-280x210x3"');
  });

  test("shows the picture once, however many classes there are", async () => {
    const rows = [1, 2, 3].map((i) => ({ title: `class ${i}`, map: hill(7, 7) }));
    const svg = await explanationFigure({ picture: photo, rows }, namingPlatform);
    expect(svg.match(/aria-label="Original/g)).toHaveLength(1);
    expect(svg.match(/aria-label="Heat map: class/g)).toHaveLength(3);
    expect(svg.match(/aria-label="Overlay: class/g)).toHaveLength(3);
  });

  test("cuts no words: what does not fit on a line goes to lines of its own", async () => {
    const title = "Staffordshire bull terrier or American Staffordshire terrier (predicted)";
    const score = "> 99.9 %, score 7.82 before softmax";
    const detail = "Smooth Grad-CAM++ at /features/features.28/relu/Relu_output_0, 512×14×14";
    const rows = [0, 1].map(() => ({ title, score, detail, map: hill(7, 7) }));
    const svg = await explanationFigure({ picture: digit, rows }, namingPlatform);
    expect(svg).not.toContain("…");
    const words = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text = ""]) => text).join(" ");
    for (const text of [title, score, detail]) expect(words).toContain(text.replaceAll(">", "&#62;"));
  });

  test("draws the contours on the overlay, and a frame around what the network saw", async () => {
    const contours = { width: 10, height: 10, paths: ["M1 1L9 1L9 9Z"] };
    const figure = { picture: digit, rows: [{ title: "3", map: hill(7, 7), contours }] };
    const plain = await explanationFigure(figure, namingPlatform);
    expect(plain.match(/translate\(624 95\) scale\(28 28\)"><path d="M1 1L9 1L9 9Z"/g)).toHaveLength(1);
    expect(plain).not.toContain("stroke-dasharray");
    const framed = await explanationFigure({ ...figure, seen: { x: 7, y: 0, width: 14, height: 28 } }, namingPlatform);
    const frames = [...framed.matchAll(/<rect x="(\d+)" y="95" width="140" height="280"[^>]*stroke-dasharray/g)];
    expect(frames.map(([, x]) => Number(x))).toEqual([32 + 70, 624 + 70]);
    const whole = await explanationFigure({ ...figure, seen: { x: 0, y: 0, width: 28, height: 28 } }, namingPlatform);
    expect(whole).not.toContain("stroke-dasharray");
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

  test("begins each group on a row of its own, under its heading", async () => {
    const cell = (caption: string) => ({ picture: digit, caption });
    const groups = [
      { title: "First", detail: "of two", cells: ["a", "b", "c"].map(cell) },
      { title: "Nobody", cells: [] },
      { title: "Second", cells: [cell("d")] },
    ];
    const svg = await contactSheet({ cells: [], groups }, namingPlatform, { columns: 2 });
    const places = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)];
    const order = places.map(([, , , text]) => text);
    expect(order).toEqual(["First", "of two", "a", "b", "c", "Second", "d", "Fovea"]);
    const at = (text: string) =>
      places
        .find(([, , , each]) => each === text)
        ?.slice(1, 3)
        .map(Number) ?? [];
    expect(at("a")[1]).toBe(at("b")[1]);
    expect(at("Second")[1]).toBeGreaterThan(at("c")[1] ?? 0);
    expect(at("d")).toEqual([at("a")[0], expect.any(Number)]);
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
