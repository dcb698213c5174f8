/** @file The studio's picture, classes, layers and methods, with real interaction. */

import { describe, expect, it } from "vitest";
import { methodsAndVariants } from "../../src/explain/methods/index.js";
import { hasBrowser } from "../support/browser/browser.js";
import { heatChecksum, studioForTests, untilHeatChanges } from "../support/browser/studio.js";
import { everything } from "../support/share.js";

describe.skipIf(!hasBrowser)("the studio", { timeout: 60_000 }, () => {
  const studio = studioForTests();

  const chosen = () => studio.page.locator('[data-testid="classes"] li.explained').innerText();
  const fragment = () => studio.page.evaluate(() => location.hash);
  /** The address of the view that the page begins with. */
  const first = "#sample=digits";
  /** The switch in the tool bar's panel "Appearance". */
  const appearance = (name: string) => studio.page.getByLabel(name, { exact: true });
  const openAppearance = () => studio.page.getByRole("button", { name: "Appearance" }).click();

  it("begins with the digit model and drawn digits, each layer with a map of its own", async () => {
    await expect.poll(() => studio.page.locator("[data-testid=model]").innerText()).toBe("mnist.onnx");
    await expect.poll(() => studio.page.locator('[data-testid="pictures"] button').count()).toBe(10);
    await expect.poll(() => chosen()).toContain("predicted");
    const layers = await studio.page.locator('[data-testid="layers"] li').count();
    expect(layers).toBeGreaterThanOrEqual(4);
    await studio.page.waitForFunction(
      (count) => document.querySelectorAll('[data-testid="layers"] canvas').length === count,
      layers,
    );
  });

  it("explains the class that is clicked, and says so in the address", async () => {
    await untilHeatChanges(studio.page, () =>
      studio.page.locator('[data-testid="classes"] li:nth-child(3) button.row').click(),
    );
    await expect.poll(() => chosen()).not.toContain("predicted");
    await expect.poll(() => fragment()).toMatch(/target=\d$/);
    await untilHeatChanges(studio.page, () => studio.page.getByText("Predicted again").click());
    await expect.poll(() => fragment()).toBe(first);
  });

  it.runIf(everything)("says by itself whether three families of methods agree, and shows their maps", async () => {
    const agreement = studio.page.locator("[data-testid=agreement]");
    await expect.poll(() => agreement.innerText()).toContain("Three families of methods");
    await agreement.getByText("The maps of the families").click();
    await expect.poll(() => agreement.locator("canvas").count()).toBe(3);
    expect(await agreement.innerText()).toMatch(/Rank correlation .*, hottest fifth shared .*, by chance 0\.20\./);
    await studio.page.getByRole("combobox", { name: "Method", exact: true }).selectOption("random-cam");
    await expect.poll(() => agreement.innerText()).toContain("This map, Random CAM");
    await studio.page.getByRole("combobox", { name: "Method", exact: true }).selectOption("grad-cam");
  });

  it.runIf(everything)("starts from the other open pictures where it is told to, and says so", async () => {
    const method = studio.page.getByRole("combobox", { name: "Method", exact: true });
    await method.selectOption("expected-gradients");
    const baseline = studio.page.getByRole("combobox", { name: "Baseline" });
    await untilHeatChanges(studio.page, () => baseline.selectOption({ label: "the 9 other open pictures" }));
    await expect.poll(() => fragment()).toContain("baseline=pictures");
    await studio.page.getByText("About this map").click();
    await expect
      .poll(() => studio.page.locator("details", { hasText: "About this map" }).innerText())
      .toContain("the 9 given inputs, one drawn for each sample");
    await baseline.selectOption("several");
    await method.selectOption("grad-cam");
  });

  it("shows the evidence for one class rather than another", async () => {
    await untilHeatChanges(studio.page, () => studio.page.getByLabel("Rather than").selectOption({ index: 1 }));
    await expect
      .poll(() => studio.page.locator("text=The map shows the evidence for").innerText())
      .toMatch(/for \d rather than \d/);
    await expect.poll(() => fragment()).toMatch(/minus=\d/);
    await studio.page.getByText("Predicted again").click();
  });

  it.runIf(everything)("chooses layers, by click and by name among all", async () => {
    await untilHeatChanges(studio.page, () =>
      studio.page.locator('[data-testid="layers"] li:nth-child(1) button').click(),
    );
    await expect.poll(() => fragment()).toMatch(/layer=/);
    await studio.page.getByText("Graph around it").click();
    await studio.page.waitForSelector("li.here");
    await studio.page.getByText("All layers").click();
    await studio.page.getByLabel("Search layers").fill("relu");
    await untilHeatChanges(studio.page, () => studio.page.locator(".all button").nth(1).click());
    await untilHeatChanges(studio.page, () => studio.page.getByText("Automatic again").click());
  });

  it.runIf(everything)("chooses methods, of the layer and of pixels", async () => {
    for (const method of ["layer-cam", "gradient", "integrated-gradients", "grad-cam"])
      await untilHeatChanges(studio.page, () =>
        studio.page.getByRole("combobox", { name: "Method" }).selectOption(method),
      );
  });

  it.runIf(everything)("breaks off a long method when another is chosen", { retry: 2 }, async () => {
    const method = studio.page.getByRole("combobox", { name: "Method" });
    await method.evaluate((element) => {
      const select = element as HTMLSelectElement;
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      // In the page itself: from outside, the method may have ended before the other is chosen.
      const read = () => {
        const share = Number(/passes (\d+) %/.exec(document.body.innerText)?.[1] ?? 0);
        if (share > 0 && seen.push(share) === 1) {
          select.value = "layer-cam";
          select.dispatchEvent(new Event("change", { bubbles: true }));
        }
      };
      new MutationObserver(read).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    const most = () => studio.page.evaluate(() => Math.max(0, ...(globalThis as unknown as { seen: number[] }).seen));
    // On a busy machine the method may end before the page has told of its progress.
    for (let attempt = 0; attempt < 5 && (await most()) === 0; attempt++) {
      if (attempt > 0) await untilHeatChanges(studio.page, () => method.selectOption("grad-cam"));
      await untilHeatChanges(studio.page, () => method.selectOption("rise"));
    }
    await expect.poll(() => method.inputValue()).toBe("layer-cam");
    await expect.poll(() => most()).toBeGreaterThan(0);
    await untilHeatChanges(studio.page, () => method.selectOption("grad-cam"));
    await expect.poll(() => most()).toBeLessThan(100);
  });

  it.runIf(everything)("draws the map as it is asked to", async () => {
    await openAppearance();
    for (const name of ["For and against", "Contours"]) {
      await appearance(name).click();
      await expect.poll(() => appearance(name).isChecked()).toBe(true);
    }
    await expect.poll(() => studio.page.locator(".lines path").count()).toBeGreaterThan(0);
    await expect.poll(() => studio.page.locator(".bar[role=img]").getAttribute("aria-label")).toMatch(/from −/);
    await untilHeatChanges(studio.page, () => appearance("For and against").click());
    await appearance("Contours").click();
    await untilHeatChanges(studio.page, () =>
      studio.page.getByLabel("Show the hottest percent of the picture").fill("10"),
    );
    await expect.poll(() => studio.page.getByText("Hottest 10 %").count()).toBe(1);
    await untilHeatChanges(studio.page, () =>
      studio.page.getByRole("combobox", { name: "Colours" }).selectOption("viridis"),
    );
    await studio.page.getByLabel("Opacity").fill("0.3");
    expect(
      await studio.page.locator('[data-testid="heat"]').evaluate((canvas) => (canvas as HTMLElement).style.opacity),
    ).toBe("0.3");
    await studio.page.keyboard.press("Escape");
    await expect.poll(() => appearance("Opacity").count()).toBe(0);
  });

  it.runIf(everything)("undoes step by step, and again", async () => {
    await studio.page.locator('[data-testid="classes"] li:nth-child(3) button.row').click();
    await expect.poll(() => fragment()).toMatch(/target=/);
    const before = await fragment();
    await studio.page.keyboard.press("Control+z");
    await expect.poll(() => fragment()).not.toBe(before);
    await studio.page.keyboard.press("Control+Shift+Z");
    await expect.poll(() => fragment()).toBe(before);
    while ((await fragment()) !== first) await studio.page.keyboard.press("Control+z");
  });

  it.runIf(everything)("compares by wiping and side by side", async () => {
    await studio.page.getByRole("button", { name: "Swipe" }).click();
    await studio.page.getByLabel("Where the heat map begins").fill("80");
    expect(
      await studio.page.locator('[data-testid="heat"]').evaluate((canvas) => (canvas as HTMLElement).style.clipPath),
    ).toContain("80%");
    await studio.page.getByRole("button", { name: "Side by side" }).click();
    await expect.poll(() => studio.page.locator(".pane").count()).toBe(2);
    await studio.page.getByRole("button", { name: "Overlay" }).click();
    await expect.poll(() => studio.page.locator(".pane").count()).toBe(1);
  });

  it("reads the map and the pixel under the pointer, and by keys", async () => {
    await studio.page.locator(".pane").hover({ position: { x: 300, y: 300 } });
    await expect
      .poll(() => studio.page.locator(".readout").innerText())
      .toMatch(/value [\d.e−]+\s+of the score [\d.]+, per cell\s+\d+ % of the scale\s+pixel \d+ \d+ \d+/);
    await studio.page.mouse.move(2, 2);
    await studio.page.locator(".pane").focus();
    await studio.page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => studio.page.locator(".readout").innerText()).toMatch(/x 15, y 14/);
  });

  it.runIf(everything)("zooms, moves, and shows all again", async () => {
    const scale = () => studio.page.locator(".moved").evaluate((each) => (each as HTMLElement).style.transform);
    await studio.page.getByLabel("Zoom in").click();
    await expect.poll(() => scale()).toContain("scale(1.5)");
    await studio.page.mouse.move(600, 400);
    await studio.page.mouse.down();
    await studio.page.mouse.move(640, 430);
    await studio.page.mouse.up();
    await expect.poll(() => scale()).toContain("translate(40px, 30px)");
    await studio.page.keyboard.press("0");
    await expect.poll(() => scale()).toContain("scale(1)");
  });

  it.runIf(everything)("goes through images, classes, layers and methods by keys, and shows the keys", async () => {
    const current = () =>
      studio.page.locator('[data-testid="pictures"] button[aria-pressed=true]').getAttribute("aria-label");
    await studio.page.locator("main").focus();
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowRight"));
    await expect.poll(() => current()).toBe("a drawn 1");
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowDown"));
    await expect.poll(() => fragment()).toMatch(/target=/);
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("ArrowUp"));
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("["));
    await untilHeatChanges(studio.page, () => studio.page.keyboard.press("]"));
    await studio.page.keyboard.press("m");
    await expect.poll(() => fragment()).toMatch(/method=/);
    await studio.page.keyboard.press("?");
    await expect.poll(() => studio.page.locator("dialog").innerText()).toContain("undo, redo");
    await studio.page.keyboard.press("Escape");
    await studio.page.waitForSelector("dialog", { state: "detached" });
    while ((await fragment()) !== first) await studio.page.keyboard.press("Control+z");
    await expect.poll(() => current()).toBe("a drawn 0");
  });

  it.runIf(everything)("opens a state from its link", async () => {
    const linked = await studio.tests.open({ path: "#method=hires-cam&target=3&signed=true&colormap=magma&top=40" });
    await expect.poll(() => linked.page.getByRole("combobox", { name: "Method" }).inputValue()).toBe("hires-cam");
    await expect.poll(() => linked.page.locator("li.explained .name").innerText()).toBe("3");
    await linked.page.getByRole("button", { name: "Appearance" }).click();
    await expect.poll(() => linked.page.getByText("Hottest 40 %").count()).toBe(1);
    expect(await linked.page.getByLabel("For and against").isChecked()).toBe(true);
    expect(linked.errors).toEqual([]);
  });

  it.runIf(everything)("erases parts of a picture, and shows the scores before and now", async () => {
    await studio.page.getByRole("button", { name: "Erase" }).click();
    const box = await studio.page.locator(".pane").boundingBox();
    if (box === null) throw new Error("no stage");
    await studio.page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await studio.page.mouse.down();
    await untilHeatChanges(studio.page, () =>
      studio.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.7, { steps: 8 }),
    );
    await studio.page.mouse.up();
    await studio.page.waitForSelector(".before");
    await untilHeatChanges(studio.page, () => studio.page.getByRole("button", { name: "Restore" }).click());
    await expect.poll(() => studio.page.locator(".before").count()).toBe(0);
    await studio.page.getByRole("button", { name: "Erase" }).click();
  });

  it.runIf(everything)("compares all methods, with their cost, and says which do not work and why", async () => {
    await studio.page.getByRole("button", { name: "Other methods", exact: true }).click();
    await studio.page.waitForFunction(
      (count) => new RegExp(`\\d+ of ${count} work here`).test(document.body.innerText),
      methodsAndVariants.length,
      { timeout: 50_000 },
    );
    await expect.poll(() => studio.page.locator('[data-testid="methods"] li').count()).toBeGreaterThanOrEqual(24);
    await expect.poll(() => studio.page.locator('[data-testid="methods"] li').first().innerText()).toMatch(/\d ms/);
    await studio.page.getByText("do not work for this model").click();
    await expect.poll(() => studio.page.locator("dd", { hasText: "attention" }).count()).toBeGreaterThan(0);
    await studio.page.locator('[data-testid="methods"] button', { hasText: "Layer-CAM" }).click();
    await expect.poll(() => fragment()).toContain("method=layer-cam");
    await studio.page.keyboard.press("Control+z");
    await studio.page.goBack();
    await studio.page.locator("#tab-see[aria-selected=true]").waitFor();
  });

  it.runIf(everything)("measures whether the network follows the map more than chance, with the images", async () => {
    await studio.page.getByRole("button", { name: "Can I trust it?" }).click();
    await studio.page.getByRole("button", { name: "Measure" }).click();
    await studio.page.waitForSelector('[data-testid="insertion"]', { timeout: 50_000 });
    await expect
      .poll(() => studio.page.locator('[data-testid="deletion"]').innerText())
      .toMatch(
        /area 0\.\d+, better than \d of 5 random maps and \d of 5 of its own values shuffled, (no )?better than a centre map/,
      );
    await expect.poll(() => studio.page.locator('[data-testid="deletion"] canvas').count()).toBe(6);
    await studio.page.locator("#tab-see").click();
  });

  it("shares one scale among pictures if asked", async () => {
    await studio.page.locator('[data-testid="pictures"] li:nth-child(4) button').click();
    await openAppearance();
    await appearance("One scale for all pictures").click();
    await studio.page.waitForFunction(() => /common scale of \d+ pictures seen/.test(document.body.innerText));
  });

  it("asked nothing of other origins, and left no error", async () => {
    expect(await heatChecksum(studio.page)).not.toBe(0);
    expect(studio.errors).toEqual([]);
  });
});
