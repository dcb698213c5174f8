/** @file A detector's report in a real browser, as the command writes it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fovea, workFolder } from "../../cli/fovea.js";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";
import { writeSquares } from "../../support/detection/square-detector.js";

describe.skipIf(!hasBrowser)("in a browser, the report of a detector", { timeout: 60_000 }, () => {
  const folder = workFolder();
  let browser: TestBrowser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    await writeSquares(folder);
    const { code, out } = await fovea(folder, ["report", "squares.onnx", "data/instances.json"]);
    expect(code).toBe(0);
    expect(out).toContain("squares: AP 54.6 %, AP50 54.6 %\n");
    browser = await openBrowser();
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
  }, 60_000);

  afterAll(() => browser?.close());

  it.each([320, 768, 1440])("fits a width of %i", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

  it("has its sections, and says how good the detector is", async () => {
    expect(await page.locator("main h2").allTextContents()).toEqual([
      "In short",
      "Results",
      "Kinds of errors",
      "The errors",
      "Correct boxes",
      "Can the maps be trusted?",
      "Data and model",
      "Do it again",
    ]);
    expect(await page.locator(".headline").textContent()).toMatch(/^54\.6.%\s+AP/);
    expect(await page.locator(".lead").textContent()).toMatch(/^AP50 54\.6.%\. Wrong classes cost it most\.$/);
    const fovea = await page.locator("#reproduce code").textContent();
    expect(fovea).toBe("fovea report squares.onnx instances.json --out report.html");
  });

  it("shows an error of each kind, with its map, and both boxes where they are", async () => {
    const titles = await page.locator("#errors h3").allTextContents();
    expect(titles.map((title) => title.replace(/,.*/, ""))).toEqual([
      "Localisation",
      "Classification",
      "Background",
      "Missed",
    ]);
    const card = page.locator("#errors .card").first();
    expect(await card.locator("h4").textContent()).toMatch(/^.*red.*, >.99\.9.%$/);
    expect(await card.locator("header p").textContent()).toContain("images/place.png");
    expect(await card.locator("img").count()).toBe(2);
    const places = await card
      .locator(".boxed")
      .nth(1)
      .locator(".box")
      .evaluateAll((boxes) => boxes.map((box) => [box.className, box.getAttribute("style")]));
    expect(places).toEqual([
      ["box true", "left:40.6%;top:25%;width:25%;height:25%"],
      ["box found", "left:25%;top:25%;width:25%;height:25%"],
    ]);
  });

  it("is one file", () => {
    expect(readFileSync(join(folder, "report.html"), "utf8")).not.toMatch(/(src|href)="(?!data:|#)/);
  });
});
