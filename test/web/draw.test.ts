/** @file Drawing in the studio. */

import { describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";

/** A seven, in shares of the canvas. */
const seven = [
  [0.3, 0.2],
  [0.7, 0.2],
  [0.6, 0.45],
  [0.5, 0.85],
] as const;

describe.skipIf(!hasBrowser)("drawing a digit", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "#drawing=true", early: true });

  const predicted = () => studio.page.locator("li", { hasText: "predicted" }).locator(".name").innerText();

  async function draw(points: readonly (readonly [number, number])[]): Promise<void> {
    const box = await studio.page.locator(".pane").boundingBox();
    if (box === null) throw new Error("no canvas");
    const at = ([x, y]: readonly [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
    await studio.page.mouse.move(...at(points[0] as readonly [number, number]));
    await studio.page.mouse.down();
    for (const point of points.slice(1)) await studio.page.mouse.move(...at(point), { steps: 12 });
    await studio.page.mouse.up();
  }

  it("follows the stroke with prediction and map", async () => {
    await untilHeatChanges(studio.page, () => draw(seven));
    await studio.page.waitForFunction(() => /7\s*predicted/.test(document.body.innerText));
    await expect.poll(() => studio.page.locator('[data-testid="classes"] li').count()).toBe(10);
  });

  it("changes the prediction when the hottest place is painted out often enough, and undoes it", async () => {
    for (let i = 0; i < 30 && (await predicted()).startsWith("7"); i++)
      await studio.page.getByRole("button", { name: "Paint out the hottest place" }).click();
    await expect.poll(predicted).not.toMatch(/^7/);
    const undo = studio.page.getByRole("button", { name: "Undo", exact: true });
    for (let i = 0; i < 30 && !(await predicted()).startsWith("7"); i++) await undo.click();
    await expect.poll(predicted).toMatch(/^7/);
  });

  it("erases with the eraser, and by keys", async () => {
    await studio.page.getByRole("button", { name: "Eraser" }).click();
    await untilHeatChanges(studio.page, () => draw([[0.3, 0.2], [0.7, 0.2]])); // biome-ignore format: one stroke
    await studio.page.getByRole("button", { name: "Brush", exact: true }).click();
    await studio.page.locator(".pane").focus();
    await studio.page.keyboard.press("Shift+ArrowRight");
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("Enter"));
    await untilHeatChanges(studio.page, () => studio.page.getByRole("button", { name: "Clear" }).click());
  });

  it("is carried by the link that Share gives", async () => {
    await untilHeatChanges(studio.page, () => draw(seven));
    await expect.poll(predicted).toMatch(/^7/);
    await studio.page.getByRole("button", { name: "Share" }).click();
    const link = await studio.page.getByLabel("Link").inputValue();
    const opened = await studio.tests.open({ path: `#${link.split("#")[1]}` });
    await opened.page.waitForFunction(() => /7\s*predicted/.test(document.body.innerText));
    expect(opened.errors).toEqual([]);
    await opened.page.context().close();
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});
