/** @file What the page saves as pictures, in a real browser: small files, in Inter wherever they are opened. */

import { beforeAll, describe, expect, it } from "vitest";
import { present } from "../../src/foundation/present.js";
import { random } from "../../src/foundation/random.js";
import type { TextRenderer } from "../../src/image/figure/text.js";
import { loadText } from "../../src/image/fonts/node.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import { hasBrowser, readDownload } from "../support/browser/browser.js";
import { openSave, studioForTests, untilHeatChanges } from "../support/browser/studio.js";

/** A text of a figure, with its place and its look. */
interface Text {
  readonly words: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight: "regular" | "semibold";
}

function textsOf(svg: string): Text[] {
  const texts = svg.matchAll(
    /<text x="([\d.]+)" y="([\d.]+)" font-family="Inter, [^"]*" font-size="(\d+)" font-weight="(\d+)"[^>]*>([^<]*)</g,
  );
  return [...texts].map(([, x, y, size, weight, words = ""]) => ({
    words: words.replaceAll("&#62;", ">"),
    ...{ x: Number(x), y: Number(y), size: Number(size), weight: weight === "600" ? "semibold" : "regular" },
  }));
}

describe.skipIf(!hasBrowser)("the pictures that the page saves", { timeout: 60_000 }, () => {
  const studio = studioForTests();
  let inter: TextRenderer;

  beforeAll(async () => {
    inter = await loadText();
  });

  async function saved(kind: "SVG" | "PNG") {
    const { page } = studio;
    await openSave(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: new RegExp(`^Save as ${kind}`) }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readDownload(download) };
  }

  /** Widths of all texts where a drawing is opened, on a machine that has no Inter. */
  async function widthsOf(svg: string): Promise<number[]> {
    const page = await studio.page.context().newPage();
    await page.setContent(svg);
    const widths = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.querySelectorAll("text")].map((text) => text.getComputedTextLength());
    });
    await page.close();
    return widths;
  }

  it("carry their font, and are as wide as in Inter wherever they are opened", async () => {
    const { name, bytes } = await saved("SVG");
    expect(name).toMatch(/^\S+\.fovea\.svg$/);
    const svg = bytes.toString();
    const texts = textsOf(svg);
    expect(texts.length).toBe(svg.match(/<text/g)?.length);
    expect(texts.map(({ words }) => words)).toContain(">\u00a099.9\u00a0%, score 7.82 before softmax");
    const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);
    const expected = total(texts.map(({ words, ...style }) => inter.measure(words, style)));
    // Outlines are set without kerning.
    expect(Math.abs(total(await widthsOf(svg)) / expected - 1)).toBeLessThan(0.02);
    const without = svg.replace(/<style>.*?<\/style>/, "");
    expect(Math.abs(total(await widthsOf(without)) / expected - 1)).toBeGreaterThan(0.03);
  });

  it("are drawn in Inter as pixels, too", async () => {
    const svg = (await saved("SVG")).bytes.toString();
    const texts = textsOf(svg);
    const score = present(
      texts.find(({ words }) => words.includes("score")),
      "score",
    );
    const detail = present(
      texts.find(({ words }) => words.includes("stage3")),
      "detail",
    );
    const { pixels, width, channels } = await decodeImage((await saved("PNG")).bytes);
    const isInk = (x: number, y: number) => (pixels[(y * width + x) * channels] as number) < 160;
    const rows = Array.from({ length: 2 * score.size }, (_, i) => Math.round(2 * (score.y - score.size)) + i);
    const end = 2 * (detail.x - inter.measure(detail.words, detail)) - 40;
    const columns = Array.from({ length: end }, (_, x) => x).filter((x) => rows.some((y) => isInk(x, y)));
    const wide = present((await widthsOf(svg))[texts.indexOf(score)], "width of the score");
    expect(Math.abs((columns.at(-1) ?? 0) - 2 * (score.x + wide))).toBeLessThan(4);
  });

  it("take less than 600 kB for a photo full of detail", async () => {
    const source = random(3);
    const pixels = Uint8Array.from({ length: 900 * 600 * 3 }, (_, i) => (i % 2700) / 20 + source.below(120));
    const buffer = Buffer.from(await encodePng({ width: 900, height: 600, channels: 3, pixels }));
    await untilHeatChanges(studio.page, () => studio.give({ name: "much noise.png", mimeType: "image/png", buffer }));
    for (const kind of ["PNG", "SVG"] as const) {
      const { name, bytes } = await saved(kind);
      expect(name).toBe(`much-noise.fovea.${kind.toLowerCase()}`);
      expect(bytes.length).toBeLessThan(600_000);
    }
    expect(studio.errors).toEqual([]);
  });
});
