/** @file The studio's picture, classes, layers and methods, with real interaction. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser.js";
import { heatChecksum, type StudioPage, StudioTests, untilHeatChanges } from "../support/studio.js";

describe.skipIf(!hasBrowser)("the studio", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;

  beforeAll(async () => {
    tests = await StudioTests.start();
    studio = await tests.open();
    page = studio.page;
  }, 60_000);
  afterAll(() => tests?.close());

  const chosen = () => page.locator('[data-testid="classes"] li.explained').innerText();
  const fragment = () => page.evaluate(() => location.hash);

  it("begins with the digit model and drawn digits, each layer with a map of its own", async () => {
    expect(await page.locator("summary .name").innerText()).toBe("mnist.onnx");
    expect(await page.locator('[data-testid="pictures"] button').count()).toBe(10);
    expect(await chosen()).toContain("predicted");
    const layers = await page.locator('[data-testid="layers"] li').count();
    expect(layers).toBeGreaterThanOrEqual(4);
    await page.waitForFunction(
      (count) => document.querySelectorAll('[data-testid="layers"] canvas').length === count,
      layers,
    );
  });

  it("explains the class that is clicked, and says so in the address", async () => {
    await untilHeatChanges(page, () => page.locator('[data-testid="classes"] li:nth-child(3) button.row').click());
    expect(await chosen()).not.toContain("predicted");
    expect(await fragment()).toMatch(/^#target=\d$/);
    await untilHeatChanges(page, () => page.getByText("Predicted again").click());
    expect(await fragment()).toBe("");
  });

  it("shows what speaks for one class rather than another", async () => {
    await untilHeatChanges(page, () => page.locator('[data-testid="classes"] li:nth-child(2) .versus').click());
    expect(await page.locator("text=The map shows what speaks for").innerText()).toMatch(/for \d rather than \d/);
    expect(await fragment()).toMatch(/minus=\d/);
    await page.getByText("Predicted again").click();
  });

  it("chooses layers, by click and by name among all", async () => {
    await untilHeatChanges(page, () => page.locator('[data-testid="layers"] li:nth-child(1) button').click());
    expect(await fragment()).toMatch(/layer=/);
    await page.getByText("Graph around it").click();
    await page.waitForSelector("li.here");
    await page.getByText("All layers").click();
    await page.getByLabel("Search layers").fill("relu");
    await untilHeatChanges(page, () => page.locator(".all button").nth(1).click());
    await untilHeatChanges(page, () => page.getByText("Automatic again").click());
  });

  it("chooses methods, of the layer and of pixels", async () => {
    for (const method of ["layer-cam", "gradient", "integrated-gradients", "grad-cam"])
      await untilHeatChanges(page, () => page.getByRole("combobox", { name: "Method" }).selectOption(method));
  });

  it("draws the map as it is asked to", async () => {
    for (const name of ["For / against", "Contours"]) {
      const button = page.getByRole("button", { name });
      await button.click();
      expect(await button.getAttribute("aria-pressed")).toBe("true");
    }
    expect(await page.locator(".lines path").count()).toBeGreaterThan(0);
    expect(await page.locator(".bar[role=img]").getAttribute("aria-label")).toMatch(/from −/);
    await untilHeatChanges(page, () => page.getByRole("button", { name: "For / against" }).click());
    await page.getByRole("button", { name: "Contours" }).click();
    await untilHeatChanges(page, () => page.getByLabel("Show the hottest percent of the picture").fill("10"));
    expect(await page.getByText("Hottest 10 %").count()).toBe(1);
    await untilHeatChanges(page, () => page.getByRole("combobox", { name: "Colours" }).selectOption("viridis"));
    await page.getByLabel("Opacity").fill("0.3");
    expect(await page.locator('[data-testid="heat"]').evaluate((canvas) => (canvas as HTMLElement).style.opacity)).toBe(
      "0.3",
    );
  });

  it("undoes step by step, and again", async () => {
    const before = await fragment();
    await page.keyboard.press("Control+z");
    expect(await fragment()).not.toBe(before);
    await page.keyboard.press("Control+Shift+Z");
    expect(await fragment()).toBe(before);
    while ((await fragment()) !== "") await page.keyboard.press("Control+z");
  });

  it("compares by wiping and side by side", async () => {
    await page.getByRole("button", { name: "Swipe" }).click();
    await page.getByLabel("Where the heat map begins").fill("80");
    expect(
      await page.locator('[data-testid="heat"]').evaluate((canvas) => (canvas as HTMLElement).style.clipPath),
    ).toContain("80%");
    await page.getByRole("button", { name: "Side by side" }).click();
    expect(await page.locator(".pane").count()).toBe(2);
    await page.getByRole("button", { name: "Overlay" }).click();
    expect(await page.locator(".pane").count()).toBe(1);
  });

  it("reads the map and the pixel under the pointer, and by keys", async () => {
    await page.locator(".pane").hover({ position: { x: 300, y: 300 } });
    expect(await page.locator(".readout").innerText()).toMatch(
      /value [\d.e−]+\s+\d+ % of the scale\s+pixel \d+ \d+ \d+/,
    );
    await page.mouse.move(2, 2);
    await page.locator(".pane").focus();
    await page.keyboard.press("Shift+ArrowRight");
    expect(await page.locator(".readout").innerText()).toMatch(/x 15, y 14/);
  });

  it("zooms, moves, and shows all again", async () => {
    const scale = () => page.locator(".moved").evaluate((each) => (each as HTMLElement).style.transform);
    await page.getByLabel("Zoom in").click();
    expect(await scale()).toContain("scale(1.5)");
    await page.mouse.move(600, 400);
    await page.mouse.down();
    await page.mouse.move(640, 430);
    await page.mouse.up();
    expect(await scale()).toContain("translate(40px, 30px)");
    await page.keyboard.press("0");
    expect(await scale()).toContain("scale(1)");
  });

  it("goes through images, classes, layers and methods by keys, and shows the keys", async () => {
    const current = () => page.locator('[data-testid="pictures"] button[aria-pressed=true]').getAttribute("aria-label");
    await page.locator("main").focus();
    await untilHeatChanges(page, () => page.keyboard.press("ArrowRight"));
    expect(await current()).toBe("a drawn 1");
    await untilHeatChanges(page, () => page.keyboard.press("ArrowDown"));
    expect(await fragment()).toMatch(/target=/);
    await untilHeatChanges(page, () => page.keyboard.press("ArrowUp"));
    await untilHeatChanges(page, () => page.keyboard.press("["));
    await untilHeatChanges(page, () => page.keyboard.press("]"));
    await page.keyboard.press("m");
    expect(await fragment()).toMatch(/method=/);
    await page.keyboard.press("?");
    expect(await page.locator("dialog").innerText()).toContain("undo, redo");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    while ((await fragment()) !== "") await page.keyboard.press("Control+z");
    await page.keyboard.press("ArrowLeft");
    expect(await current()).toBe("a drawn 0");
  });

  it("opens a state from its link", async () => {
    const linked = await tests.open({ path: "#method=hires-cam&target=3&signed=true&colormap=magma&top=40" });
    expect(await linked.page.getByRole("combobox", { name: "Method" }).inputValue()).toBe("hires-cam");
    expect(await linked.page.locator("li.explained .name").innerText()).toBe("3");
    expect(await linked.page.getByText("Hottest 40 %").count()).toBe(1);
    expect(await linked.page.getByRole("button", { name: "For / against" }).getAttribute("aria-pressed")).toBe("true");
    expect(linked.errors).toEqual([]);
  });

  it("erases parts of a picture, and shows the scores before and now", async () => {
    await page.getByRole("button", { name: "Erase" }).click();
    const box = await page.locator(".pane").boundingBox();
    if (box === null) throw new Error("no stage");
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await page.mouse.down();
    await untilHeatChanges(page, () =>
      page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.7, { steps: 8 }),
    );
    await page.mouse.up();
    await page.waitForSelector(".before");
    await untilHeatChanges(page, () => page.getByRole("button", { name: "Restore" }).click());
    expect(await page.locator(".before").count()).toBe(0);
    await page.getByRole("button", { name: "Erase" }).click();
  });

  it("compares all methods, with their cost, and says which do not work and why", async () => {
    await page.getByRole("button", { name: "Compare all methods" }).click();
    await page.waitForFunction(() => /\d+ of 30 work here/.test(document.body.innerText), undefined, {
      timeout: 50_000,
    });
    expect(await page.locator('[data-testid="methods"] li').count()).toBeGreaterThanOrEqual(24);
    expect(await page.locator('[data-testid="methods"] li').first().innerText()).toMatch(/\d ms/);
    await page.getByText("do not work for this model").click();
    expect(await page.locator("dd", { hasText: "attention" }).count()).toBeGreaterThan(0);
    await untilHeatChanges(page, () =>
      page.locator('[data-testid="methods"] button', { hasText: "Layer-CAM" }).click(),
    );
    await page.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("Control+z");
  });

  it("measures whether the network follows the map, beside random maps, with the images", async () => {
    await page.getByRole("button", { name: "Measure" }).click();
    await page.waitForSelector('[data-testid="insertion"]', { timeout: 50_000 });
    expect(await page.locator('[data-testid="deletion"]').innerText()).toMatch(
      /area 0\.\d+, better than \d of 5 random maps/,
    );
    expect(await page.locator('[data-testid="deletion"] canvas').count()).toBe(6);
  });

  it("shares one scale among pictures if asked", async () => {
    await page.locator('[data-testid="pictures"] li:nth-child(4) button').click();
    await page.getByRole("button", { name: "Common scale" }).click();
    await page.waitForFunction(() => /common scale of \d+ pictures seen/.test(document.body.innerText));
  });

  it("asked nothing of other origins, and left no error", async () => {
    expect(await heatChecksum(page)).not.toBe(0);
    expect(studio.errors).toEqual([]);
  });
});
