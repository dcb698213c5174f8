/** @file A report of concepts in a real browser. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderConceptsReport } from "../../../src/report/concepts/page/render-concepts.js";
import { workFolder } from "../../cli/fovea.js";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";
import { conceptsFixture } from "./fixture.js";

describe.skipIf(!hasBrowser)("in a browser, the report of concepts", { timeout: 60_000 }, () => {
  const folder = workFolder();
  let browser: TestBrowser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const file = join(folder, "concepts.html");
    writeFileSync(file, renderConceptsReport(conceptsFixture));
    browser = await openBrowser();
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
  }, 60_000);

  afterAll(() => browser?.close());

  it.each([320, 768, 1440])("fits a width of %i", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

  it("has its sections, and leads from the summary to a concept", async () => {
    expect(await page.locator("main h2").allTextContents()).toEqual([
      "In short",
      "All concepts",
      "Importance for each class",
      "Each concept",
      "Concepts together",
      "What to keep in mind",
      "Images, model and search",
      "Do it again",
    ]);
    await page.locator("#summary a", { hasText: "Concept 1" }).click();
    expect(await page.evaluate(() => document.querySelector(":target")?.id)).toBe("concept-1");
  });

  it("names every picture and chart for those who do not see it", async () => {
    const names = await page.locator("main img").evaluateAll((all) => all.map((image) => image.getAttribute("alt")));
    expect(names).toContain("Patch 1 of concept 1, of cat & dog.jpg");
    expect(names).toContain("Map of concept 2 over b.jpg");
    expect(names).toContain("b.jpg with the regions of concepts 1, 2");
    expect(names.filter((name) => !name)).toEqual([]);
    const chart = page.getByRole("img", { name: /^What concept 1 does/ });
    expect(await chart.getAttribute("aria-label")).toBe(
      "What concept 1 does to the score of each class: cat +2.00 (1.00 to 3.00), <dog> −2.00 (−3.00 to −1.00).",
    );
  });

  it("draws what raises a score to the right of zero, and what lowers it to the left", async () => {
    const bars = await page.locator("#concept-1 .signed rect").evaluateAll((all) =>
      all.map((bar) => {
        const { left, right } = bar.getBoundingClientRect();
        const zero = bar.closest("svg")?.querySelector(".axis")?.getBoundingClientRect().left ?? 0;
        return [left - zero, right - zero].map(Math.round);
      }),
    );
    const [[from = 9, to = 0] = [], [below = 0, end = 9] = []] = bars;
    expect([from, end].map((each) => Math.abs(each) <= 1)).toEqual([true, true]);
    expect([to > 20, below < -20]).toEqual([true, true]);
  });
});
