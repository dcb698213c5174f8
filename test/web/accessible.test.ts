/** @file The studio for everybody: axe-core's rules in both themes and three widths, and a whole task by keyboard alone. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";
import { composedProtocol } from "../support/protocols/composed-protocol.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function violations(page: Page): Promise<string[]> {
  // As a script of the browser's own: the page's policy allows none inline.
  await page.evaluate(axe);
  const found = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as Violation[];
  return found.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}

describe.skipIf(!hasBrowser)("the studio for everybody", { timeout: 60_000 }, () => {
  const studio = studioForTests();

  /** Every tab once; in the long suite in both widths. */
  const sights = [
    ["look", 390, "dark"],
    ["look", 1440, "light"],
    ["how", 390, "dark"],
    ["how", 1440, "light"],
    ["draw", 1024, "dark"],
    ["learn", 1440, "light"],
    ["learn", 390, "dark"],
    ["data", 1440, "dark"],
    ["data", 390, "light"],
    ["improve", 390, "light"],
    ["improve", 1440, "dark"],
  ] as const;

  it.each(sights)("axe finds nothing in %s at %i pixels, %s", async (tab, width, theme) => {
    const { page } = studio;
    await page.setViewportSize({ width, height: 900 });
    if ((await page.evaluate(() => document.documentElement.dataset.theme)) !== theme)
      await page.getByRole("button", { name: `${theme === "dark" ? "Dark" : "Light"} colours` }).click();
    await page.evaluate((fragment) => {
      location.hash = fragment;
    }, `tab=${tab}`);
    await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
    await page.locator("main h2").first().waitFor();
    if (tab === "look") {
      for (const name of ["Compare all methods", "Erase"]) {
        const button = page.getByRole("button", { name });
        if ((await button.getAttribute("aria-pressed")) === "false") await button.click();
      }
      await page.waitForSelector('[data-testid="methods"] li');
      await page.locator("summary .name").click();
    }
    if (tab === "improve") {
      const buffer = Buffer.from(JSON.stringify(composedProtocol));
      await studio.give({ name: "p.improve.json", mimeType: "application/json", buffer });
      await page.getByLabel("Result").waitFor();
    }
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    if (tab === "look") await page.locator("summary .name").click();
  });

  it("chooses picture, class, layer and method without a mouse", async () => {
    const { page, errors } = await studio.tests.open();
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    await page.keyboard.press("Tab");
    await expect.poll(() => focused()).toBe("To the picture");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await untilHeatChanges(page, () => page.keyboard.press("ArrowRight"));
    await untilHeatChanges(page, () => page.keyboard.press("ArrowDown"));
    await untilHeatChanges(page, () => page.keyboard.press("["));
    const method = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Method");
    for (let i = 0; i < 80 && !(await method()); i++) await page.keyboard.press("Tab");
    await expect.poll(() => method()).toBe(true);
    await untilHeatChanges(page, () => page.keyboard.press("End"));
    await page.getByRole("tab", { name: "Look" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("tab-how");
    expect(await page.evaluate(() => location.hash)).toContain("tab=how");
    expect(errors).toEqual([]);
  });

  it("does not move where motion is not wanted", async () => {
    const { page } = await studio.tests.open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
});
