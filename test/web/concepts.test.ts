/** @file The studio's part "What it sees": concepts of the open pictures, in a real browser. */

import { describe, expect, it } from "vitest";
import { axeViolations } from "../support/browser/axe.js";
import { hasBrowser } from "../support/browser/browser.js";
import { shows, studioForTests } from "../support/browser/studio.js";

describe.skipIf(!hasBrowser)("the studio's part What it sees", { timeout: 120_000 }, () => {
  const studio = studioForTests({ path: "?provider=wasm" });

  it("finds concepts of the open pictures, with examples, and says what each is worth", async () => {
    const { page, errors } = studio;
    await page.getByRole("tab", { name: "Why" }).click();
    await page.getByRole("tab", { name: "What it sees" }).click();
    await page.getByLabel("Concepts").selectOption("3");
    await page.getByRole("button", { name: "Find concepts" }).click();
    const found = page.getByTestId("concepts");
    await shows(found, /^1\s*Concept 1/);
    expect(await found.getByRole("listitem").count()).toBe(3);
    const texts = await found.getByRole("listitem").allInnerTexts();
    const importances = texts.map((text) => Number(/importance ([\d.]+)/.exec(text)?.[1]));
    expect(importances).toEqual([...importances].sort((a, b) => b - a));
    expect(importances[0]).toBeGreaterThan(0);
    for (const text of texts)
      expect(text).toMatch(/without it the score (falls|rises) by [\d.]+, in \d+ % of the pictures/);
    expect(await found.locator("canvas").count()).toBeGreaterThanOrEqual(3);
    expect(await axeViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("says that they are of other pictures once another one is shown", async () => {
    const { page } = studio;
    await page.evaluate(() => {
      location.hash = "#tab=why&why=concepts&sample=digits&picture=1";
    });
    await shows(page.locator("section.panel"), /Found for other pictures/);
  });
});
