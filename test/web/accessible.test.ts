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
    ["see", "", 390, "dark"],
    ["see", "", 1440, "light"],
    ["see", "drawing=true", 1024, "dark"],
    ["why", "why=how", 390, "dark"],
    ["why", "why=how", 1440, "light"],
    ["why", "why=methods", 1440, "dark"],
    ["why", "why=trust", 390, "light"],
    ["train", "", 1440, "light"],
    ["train", "", 390, "dark"],
    ["audit", "audit=pictures", 1440, "dark"],
    ["audit", "audit=pictures", 390, "light"],
    ["audit", "audit=repair", 390, "light"],
    ["audit", "audit=repair", 1440, "dark"],
  ] as const;

  it.each(sights)("axe finds nothing in %s %s at %i pixels, %s", async (tab, part, width, theme) => {
    const { page } = studio;
    await page.setViewportSize({ width, height: 900 });
    if ((await page.evaluate(() => document.documentElement.dataset.theme)) !== theme) {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: `${theme === "dark" ? "Dark" : "Light"} colours` }).click();
      await page.keyboard.press("Escape");
    }
    await page.evaluate((fragment) => {
      location.hash = fragment;
    }, `sample=digits&tab=${tab}&${part}`);
    await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
    await page.locator("main h2:visible").first().waitFor();
    const erase = page.getByRole("button", { name: "Erase" });
    if (tab === "see" && (await erase.count()) > 0 && (await erase.getAttribute("aria-pressed")) === "false")
      await erase.click();
    if (part === "why=methods") await page.waitForSelector('[data-testid="methods"] li');
    if (part === "audit=repair") {
      const buffer = Buffer.from(JSON.stringify(composedProtocol));
      await studio.give({ name: "p.improve.json", mimeType: "application/json", buffer });
      await page.getByLabel("Result").waitFor();
    }
    expect(await violations(page)).toEqual([]);
    if (tab === "see") {
      for (const name of ["Appearance", "Share", "More", /\.onnx/, / of 10|your drawing/]) {
        await page.getByRole("button", { name }).click();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press("Escape");
      }
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });

  it("chooses picture, class, layer and method without a mouse", async () => {
    const { page, errors } = await studio.tests.open();
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    await page.keyboard.press("Tab");
    await expect.poll(() => focused()).toBe("To the answer");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await untilHeatChanges(page, () => page.keyboard.press("ArrowRight"));
    await untilHeatChanges(page, () => page.keyboard.press("ArrowDown"));
    await untilHeatChanges(page, () => page.keyboard.press("["));
    const method = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Method");
    for (let i = 0; i < 80 && !(await method()); i++) await page.keyboard.press("Tab");
    await expect.poll(() => method()).toBe(true);
    await untilHeatChanges(page, () => page.keyboard.press("End"));
    await page.getByRole("tab", { name: "See" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("tab-why");
    expect(await page.evaluate(() => location.hash)).toContain("tab=why");
    expect(errors).toEqual([]);
  });

  it("does not move where motion is not wanted", async () => {
    const { page } = await studio.tests.open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
});
