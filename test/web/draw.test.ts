/** @file Drawing in the studio. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser.js";
import { type StudioPage, StudioTests, untilHeatChanges } from "../support/studio.js";

/** A seven, in shares of the canvas. */
const seven = [
  [0.3, 0.2],
  [0.7, 0.2],
  [0.6, 0.45],
  [0.5, 0.85],
] as const;

describe.skipIf(!hasBrowser)("drawing a digit", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;

  beforeAll(async () => {
    tests = await StudioTests.start();
    studio = await tests.open({ path: "#tab=draw" });
    page = studio.page;
  }, 60_000);
  afterAll(() => tests?.close());

  const predicted = () => page.locator("li", { hasText: "predicted" }).locator(".name").innerText();

  async function draw(points: readonly (readonly [number, number])[]): Promise<void> {
    const box = await page.locator(".pane").boundingBox();
    if (box === null) throw new Error("no canvas");
    const at = ([x, y]: readonly [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(points[0] as readonly [number, number]));
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 12 });
    await page.mouse.up();
  }

  it("follows the stroke with prediction and map", async () => {
    await untilHeatChanges(page, () => draw(seven));
    await page.waitForFunction(() => /7\s*predicted/.test(document.body.innerText));
    expect(await page.locator('[data-testid="classes"] li').count()).toBe(10);
  });

  it("changes the prediction when the hottest place is painted out often enough, and undoes it", async () => {
    for (let i = 0; i < 30 && (await predicted()).startsWith("7"); i++)
      await page.getByRole("button", { name: "Paint out the hottest place" }).click();
    expect(await predicted()).not.toMatch(/^7/);
    const undo = page.locator(".tools").getByRole("button", { name: "Undo" });
    for (let i = 0; i < 30 && !(await predicted()).startsWith("7"); i++) await undo.click();
    expect(await predicted()).toMatch(/^7/);
  });

  it("erases with the eraser, and by keys", async () => {
    await page.getByRole("button", { name: "Eraser" }).click();
    await untilHeatChanges(page, () => draw([[0.3, 0.2], [0.7, 0.2]])); // biome-ignore format: one stroke
    await page.getByRole("button", { name: "Brush", exact: true }).click();
    await page.locator(".pane").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await untilHeatChanges(page, () => page.keyboard.press("Enter"));
    await untilHeatChanges(page, () => page.getByRole("button", { name: "Clear" }).click());
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});
