/** @file The studio without a mouse, and without eyes: by keys alone, and by the accessibility tree alone. */

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";
import { everything } from "../support/share.js";

/** The role and name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    return `${at?.getAttribute("role") ?? at?.tagName.toLowerCase()} ${at?.getAttribute("aria-label") ?? at?.innerText ?? ""}`.trim();
  });
}

describe.skipIf(!hasBrowser)("the studio by keys alone", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "#sample=shapes" });

  it("leads to the answer in eight stops, and in two by the link that skips", async () => {
    const { page } = studio;
    const stops: string[] = [];
    while (stops.length < 12 && !stops.at(-1)?.startsWith("select")) {
      await page.keyboard.press("Tab");
      stops.push(await focused(page));
    }
    expect(stops[0]).toBe("a To the answer");
    expect(stops.at(-1)).toBe("select Explained class");
    // Two stops are those of the steps to try, which can be hidden.
    const steps = stops.filter((stop) => /Ask for|Hide the steps/.test(stop));
    expect(stops.length - steps.length).toBeLessThanOrEqual(8);
  });

  it.runIf(everything)("finds a class by its name, and comes back from where it went", async () => {
    const { page } = studio;
    await page.keyboard.press("Control+k");
    await expect.poll(() => focused(page)).toContain("Find a class, layer, method");
    await page.keyboard.type("class cro");
    await untilHeatChanges(page, () => page.keyboard.press("Enter"));
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
    await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/target=2/);
    await page.keyboard.press("Control+k");
    await expect.poll(() => focused(page)).toContain("Find a class, layer, method");
    await page.keyboard.type("how this map");
    await page.keyboard.press("Enter");
    await page.locator("#tab-why[aria-selected=true]").waitFor();
    await page.goBack();
    await page.locator("#tab-see[aria-selected=true]").waitFor();
    expect(await page.evaluate(() => location.hash)).toMatch(/target=2/);
  });

  it("opens and closes a panel, and gives the focus back", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Appearance" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Opacity").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByLabel("Opacity").count()).toBe(0);
    expect(await focused(page)).toBe("button Appearance");
  });

  it.runIf(everything)("turns single letters off, for those who hit or say them by accident", async () => {
    const { page } = studio;
    await page.locator("main").focus();
    await page.keyboard.press("c");
    await expect.poll(() => page.evaluate(() => location.hash)).toContain("contours=true");
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Single letters are keys" }).uncheck();
    await page.keyboard.press("Escape");
    await page.locator("main").focus();
    const before = await page.evaluate(() => location.hash);
    for (const key of ["c", "s", "m", "e", "?"]) await page.keyboard.press(key);
    expect(await page.evaluate(() => location.hash)).toBe(before);
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.evaluate(() => location.hash)).toContain("picture=1");
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

describe.skipIf(!hasBrowser)("the studio by its accessibility tree alone", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "#sample=shapes" });

  it("says the answer, explains another class, and says that too", async () => {
    const { page } = studio;
    const tree = await page.locator("body").ariaSnapshot();
    expect(tree).toContain("tabpanel");
    expect(tree).toMatch(/region "The answer":[\s\S]*ring/);
    const spoken = page.getByRole("status").filter({ hasText: "two shapes 1" });
    await expect.poll(() => spoken.innerText()).toBe("two shapes 1: ring, 74.2 %.");
    await page.getByRole("combobox", { name: "Explained class" }).selectOption("2");
    await expect.poll(() => spoken.innerText()).toBe("two shapes 1: ring, 74.2 %. The map shows cross, 25.8 %.");
    await page.getByRole("combobox", { name: "Rather than" }).selectOption("3");
    await expect.poll(() => spoken.innerText()).toContain("The map shows cross, 25.8 %, rather than ring.");
  });

  it.runIf(everything)("goes on to why, whose tabs and panels name each other", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Can I trust it?" }).click();
    await page.getByRole("tab", { name: "Can I trust it?", selected: true }).waitFor();
    const panels = page.getByRole("tabpanel");
    await expect.poll(() => panels.count()).toBe(2);
    for (const tab of await page.getByRole("tab", { selected: true }).all()) {
      const panel = await tab.getAttribute("aria-controls");
      expect(await page.locator(`#${panel}`).getAttribute("aria-labelledby")).toBe(await tab.getAttribute("id"));
    }
    await page.getByRole("heading", { name: "Does the network follow this map more than chance?" }).waitFor();
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});
