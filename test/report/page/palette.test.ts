/** @file The colours of the page keep the contrast that WCAG 2.2 asks for (1.4.3 and 1.4.11), in light and in dark. */

import { describe, expect, test } from "vitest";
import { palette, strongestShade } from "../../../src/report/page/charts/palette.js";

type Name = keyof typeof palette;

const text: [Name, Name][] = [
  ["ink", "paper"],
  ["ink", "surface"],
  ["ink", "shade"],
  ["soft", "paper"],
  ["soft", "surface"],
  ["soft", "shade"],
  ["accent", "paper"],
  ["accent", "surface"],
  ["onDeep", "deep"],
  ["onDeep", "ruleOnDeep"],
  ["softOnDeep", "deep"],
  ["model0", "paper"],
  ["model1", "paper"],
  ["model2", "paper"],
  ["model3", "paper"],
];

describe.each(["light", "dark"])("in %s", (scheme) => {
  const side = scheme === "light" ? 0 : 1;
  test.each(text)("%s can be read on %s", (front, back) => {
    expect(contrast(palette[front][side], palette[back][side])).toBeGreaterThanOrEqual(4.5);
  });

  test("numbers can be read on the darkest error of the confusion matrix", () => {
    const cell = mixed(palette.accent[side], palette.surface[side], strongestShade);
    expect(contrast(palette.ink[side], cell)).toBeGreaterThanOrEqual(4.5);
  });
});

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance as WCAG defines it. */
function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * (r as number) + 0.7152 * (g as number) + 0.0722 * (b as number);
}

function mixed(a: string, b: string, share: number): string {
  const [first, second] = [channels(a), channels(b)];
  return `#${first
    .map((value, i) =>
      Math.round(share * value + (1 - share) * (second[i] as number))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
