/** @file The first second: a picture with its map before the runtime is there, the same answers by the runtime after it. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { firstMap, heatChecksum, type StudioPage, StudioTests, untilHeatChanges } from "../support/browser/studio.js";

describe.skipIf(!hasBrowser)("the first second", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const answer = () => studio.page.locator('[data-testid="answer"]').innerText();

  beforeAll(async () => {
    tests = await StudioTests.start();
    studio = await tests.open({ path: "#sample=shapes", early: true });
    // The runtime waits until a test lets it go.
    await studio.page.route("**/*.wasm.br", async (route) => {
      await held;
      await route.continue();
    });
    await studio.page.goto(`${tests.url}?provider=wasm`);
  }, 60_000);
  afterAll(() => tests?.close());

  it("says in a line what the page is, and that nothing is uploaded", async () => {
    await expect
      .poll(() => studio.page.locator(".coach").innerText())
      .toMatch(/See what your vision model sees.*nothing uploaded/s);
  });

  it("shows picture, map, layers and an answer as a sentence while the runtime is on its way", async () => {
    await firstMap(studio.page);
    await expect
      .poll(answer)
      .toMatch(/ring\s+74\.\d %\s+Half of what speaks for it lies in \d+ % of the picture, at the bottom/);
    await expect.poll(() => studio.page.locator('[data-testid="layers"] canvas').count()).toBe(6);
  });

  it("answers for another class at once", async () => {
    await untilHeatChanges(studio.page, () => studio.page.getByRole("button", { name: "Ask for cross" }).click());
    await expect.poll(answer).toMatch(/what speaks for cross lies in \d+ % of the picture, at the top right/);
    await expect.poll(() => studio.page.locator(".coach li.done").count()).toBe(1);
  });

  it("draws the same map when the runtime has computed it", async () => {
    const pixels = () =>
      studio.page.locator('[data-testid="heat"]').evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const data = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
        // As it is seen: colours that hardly cover are rounded coarsely.
        return Array.from(data, (value, i) =>
          i % 4 === 3 ? value : (value * (data[i - (i % 4) + 3] as number)) / 255,
        );
      });
    const stored = await pixels();
    release();
    await studio.page.getByText("About this map").click();
    await studio.page.getByRole("button", { name: "Measure its cost" }).click();
    await studio.page.locator('[data-testid="cost"]').waitFor();
    const computed = await pixels();
    const worst = stored.reduce((most, value, i) => Math.max(most, Math.abs(value - (computed[i] ?? 0))), 0);
    expect(stored.length).toBe(computed.length);
    expect(worst).toBeLessThanOrEqual(3);
  });

  it("swaps the answer when what it stands on is erased", async () => {
    await studio.page.getByRole("button", { name: "Erase", exact: true }).click();
    const box = await studio.page.locator(".pane").boundingBox();
    if (box === null) throw new Error("no stage");
    const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await studio.page.mouse.move(...at([0.4, 0.72]));
    await studio.page.mouse.down();
    for (const point of [[0.62, 0.74], [0.4, 0.8], [0.62, 0.86], [0.4, 0.92], [0.62, 0.95]] as const) // biome-ignore format: one stroke
      await studio.page.mouse.move(...at(point), { steps: 6 });
    await studio.page.mouse.up();
    await expect.poll(answer).toMatch(/^cross\s/m);
    await expect.poll(() => studio.page.locator(".coach li.done").count()).toBe(2);
    expect(await heatChecksum(studio.page)).not.toBe(0);
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});
