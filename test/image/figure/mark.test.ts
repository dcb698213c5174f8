/** @file The mark is one: page, report and icons draw the same circles. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { drawMark, iconSvg, markCircles, markSize } from "../../../src/image/figure/mark.js";
import { mark } from "../../../src/report/page/mark.js";

const favicon = fileURLToPath(new URL("../../../web/public/favicon.svg", import.meta.url));
const radii = (svg: string) => [...svg.matchAll(/ r="([\d.]+)"/g)].map(([, radius]) => Number(radius));

describe("the mark", () => {
  it("has its circles inside its square, lines included", () => {
    for (const { radius, line } of markCircles) expect(radius + line / 2).toBeLessThanOrEqual(markSize / 2);
  });

  it("is the report's", () => {
    expect(radii(mark.text)).toEqual(markCircles.map(({ radius }) => radius));
  });

  it("is the icon of the tab", () => {
    expect(readFileSync(favicon, "utf8")).toBe(iconSvg());
  });

  it("keeps its proportions at any size and place", () => {
    const twice = drawMark({ x: 10, y: 20, size: 2 * markSize });
    expect(radii(twice)).toEqual(markCircles.map(({ radius }) => 2 * radius));
    expect(twice.match(/cx="34" cy="44"/g)).toHaveLength(markCircles.length);
  });

  it("stays within the part of a maskable icon that no shape cuts off", () => {
    const largest = markCircles[0];
    const scale = Number(radii(iconSvg("maskable"))[0]) / (largest?.radius ?? 1);
    expect(((largest?.radius ?? 0) + (largest?.line ?? 0) / 2) * scale).toBeLessThan(0.4 * 64);
  });
});
