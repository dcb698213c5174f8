/** @file The report in a real browser: nothing overflows, nothing is blocked, nothing needs the script. */

import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderReport } from "../../../src/report/page/render-report.js";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";
import { fixtureReport } from "../fixture.js";

describe.skipIf(!hasBrowser)("in a browser, the report", { timeout: 60_000 }, () => {
  let folder: string;
  let address: string;
  let browser: TestBrowser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-report-"));
    const file = join(folder, "report.html");
    writeFileSync(file, renderReport(await fixtureReport()));
    address = pathToFileURL(file).href;
    browser = await openBrowser();
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([320, 390, 768, 1024, 1440])("fits a width of %i", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

  test("unfolds the error that a link leads to", async () => {
    const last = await page.locator('[id^="error-0-"]').last().getAttribute("id");
    expect(await page.locator(`#${last}`).isVisible()).toBe(false);
    await page.goto(`${address}#${last}`);
    await page.locator(`#${last}`).waitFor({ state: "visible" });
  });

  test("asks about labels by keyboard, and saves what was decided", async () => {
    await page.goto(address);
    await page.locator(".verdicts input").first().focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".save output").textContent()).toBe("1 of 14 decided");
    const [saved] = await Promise.all([page.waitForEvent("download"), page.locator(".save button").click()]);
    expect(saved.suggestedFilename()).toBe("label-changes.csv");
    const file = join(folder, "label-changes.csv");
    await saved.saveAs(file);
    const [header, first, second] = readFileSync(file, "utf8").split("\r\n");
    expect(header).toBe("path,old,new,verdict");
    expect(first).toMatch(/^test\/\d+,\d,\d,model wrong$/);
    expect(second).toMatch(/^test\/\d+,\d,\d,$/);
    expect(complaints).toEqual([]);
  });

  test("keeps the theme that was chosen", async () => {
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await page.goto(address);
    expect(await scheme()).toBe("light dark");
    await page.locator("label:has(#theme-dark)").click();
    expect(await scheme()).toBe("dark");
    await page.reload();
    expect(await scheme()).toBe("dark");
  });

  test("reaches every scrolling part and link by keyboard", async () => {
    const lost = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter(
          (element) => element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX === "auto",
        )
        .filter((element) => (element as HTMLElement).tabIndex < 0 && !element.querySelector("a"))
        .map((element) => element.className),
    );
    expect(lost).toEqual([]);
  });

  test("is all there without its script, theme switch included", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: "light" });
    const still = await context.newPage();
    await still.goto(address);
    for (const id of [
      "summary",
      "changes",
      "results",
      "confusion",
      "class-maps",
      "bias",
      "errors",
      "alike",
      "labels",
      "robustness",
      "next",
      "data",
      "training",
      "networks",
      "reproduce",
    ]) {
      expect(await still.locator(`#${id}`).isVisible()).toBe(true);
    }
    const paper = () => still.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await still.locator("label:has(#theme-dark)").click();
    expect(await paper()).not.toBe(light);
  });
});
