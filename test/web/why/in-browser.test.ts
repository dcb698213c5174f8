/** @file The steps of methods of pixels on the page: what is shown, what can be done with them, and by whom. */

import { describe, expect, it } from "vitest";
import { axeViolations } from "../../support/browser/axe.js";
import { hasBrowser } from "../../support/browser/browser.js";
import { shows, studioForTests } from "../../support/browser/studio.js";

const way = "?provider=wasm#tab=why&method=integrated-gradients&baseline=white";
const read = (text: string) => Number.parseFloat(text.replace("−", "-").replace("+", ""));

describe.skipIf(!hasBrowser)("the steps of pixels on the page", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: way, early: true });
  const joins = () => studio.page.getByTestId("joins");
  const complete = async () => (await studio.page.getByTestId("complete").locator("dd").allInnerTexts()).map(read);
  const drawn = (testid: string) =>
    studio.page
      .getByTestId(testid)
      .locator("canvas")
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  it("opens by a link, and says what the map adds up to and by how much it misses", async () => {
    await studio.page.getByTestId("pixel-sum").waitFor();
    const [score = 0, start = 0, rise = 0, sum = 0, error = 0] = await complete();
    expect(score).toBeCloseTo(7.819, 2);
    expect(score + start).toBeCloseTo(rise, 2);
    expect(Math.abs(sum - rise)).toBeCloseTo(error, 1);
    await shows(studio.page.getByTestId("pixel-score"), "y of 0, before softmax");
  });

  it("goes along the way by slider, keys and play, with another picture and gradient at each step", async () => {
    const { page } = studio;
    await page.getByLabel("Steps that are added").fill("8");
    await shows(joins(), /^Step 8 of 32: \d+ % of the way, score −?[\d.]+; adds [+−][\d.]+\.$/);
    const before = [await drawn("frame"), await drawn("gradient"), await drawn("pixel-sum")];
    await page.locator("#main").focus();
    await page.keyboard.press("ArrowRight");
    await shows(joins(), "Step 9 of 32:");
    const after = [await drawn("frame"), await drawn("gradient"), await drawn("pixel-sum")];
    expect(after.filter((each, i) => each === before[i])).toEqual([]);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await shows(joins(), /Step 1[1-9] of 32/);
    await page.keyboard.press("Space");
    await page.getByLabel("Steps that are added").fill("0");
    await shows(joins(), "The beginning: a white picture, with a score of");
    await page.getByLabel("Steps that are added").fill("32");
    await shows(joins(), "Step 32 of 32");
  });

  it("says of a pixel what it is made of, by mouse and by keys, and marks it everywhere", async () => {
    const { page } = studio;
    const pixel = page.getByTestId("pixel");
    await page
      .getByTestId("frame")
      .locator("canvas")
      .hover({ position: { x: 150, y: 150 } });
    await shows(pixel, /Row \d+, column \d+\s+−?[\d.]+ = mean gradient −?[\d.]+ × \(/);
    expect(await page.locator(".mark").count()).toBe(4);
    await page.getByRole("img", { name: "Its gradient at each step" }).waitFor();
    const sum = page.getByTestId("pixel-sum");
    await sum.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await shows(pixel, /column 2/);
    const [value = Number.NaN, gradient = 0, picture = 0, start = 0] = [
      ...(await pixel.innerText()).replace(/^.*\n/, "").matchAll(/−?[\d.]+/g),
    ].map(([text]) => read(text));
    expect(Math.abs(gradient * (picture - start) - value)).toBeLessThan(0.02);
    await page.locator("#main").focus();
    await page.mouse.move(0, 0);
    await shows(pixel, "Point at a pixel");
  });

  it("begins elsewhere and takes more steps, which come closer to the score", async () => {
    const { page } = studio;
    const [, , , , error = 0] = await complete();
    await page.getByLabel("Steps of a way").selectOption("128");
    await shows(joins(), "Step 128 of 128");
    await expect.poll(async () => (await complete())[4]).toBeLessThan(error / 2);
    await page.getByLabel("Baseline").selectOption("blur");
    await shows(page.getByTestId("complete"), "y of the blurred picture");
    expect(await page.evaluate(() => location.hash)).toContain("baseline=blur");
    await page.getByLabel("Baseline").selectOption("several");
    await shows(joins(), "Step 384 of 384, from the blurred picture");
    await page.getByLabel("Steps of a way").selectOption("32");
    await page.getByLabel("Baseline").selectOption("white");
    await shows(joins(), "Step 32 of 32");
  });

  it("compares two classes, and shows both signs", async () => {
    const { page } = studio;
    await page.getByLabel("Class to compare with").selectOption("6");
    await shows(page.getByTestId("pixel-score"), /y of 0 less y of 6, before softmax\s+11\.56/);
    await page.getByLabel("Class to compare with").selectOption("");
    await shows(page.getByTestId("pixel-score"), /y of 0, before softmax\s+7\.82/);
  });

  it("takes the mean over noise, and one gradient alone", async () => {
    const { page } = studio;
    await page.getByLabel("Method", { exact: true }).selectOption("smooth-grad");
    await shows(joins(), "All 50 samples: score");
    await page.getByLabel("Steps that are added").fill("3");
    await shows(joins(), "Sample 3 of 50: score");
    await page.getByLabel("Steps that are added").fill("50");
    await page.getByLabel("Method", { exact: true }).selectOption("gradient-x-input");
    await shows(joins(), "One step: the gradient at the picture itself, whose score is 7.82.");
    await page.getByLabel("Method", { exact: true }).selectOption("integrated-gradients");
    await shows(joins(), "Step 32 of 32");
  });

  it("tells it as a story and as code", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Story" }).click();
    await shows(joins(), "The beginning: a white picture");
    const sentences: string[] = [];
    for (let i = 0; i < 4; i++) {
      sentences.push(await page.getByTestId("story").innerText());
      if (i < 3) await page.getByRole("button", { name: "Next" }).click();
    }
    expect(new Set(sentences).size).toBe(4);
    expect(sentences[2]).toMatch(/All pixels together make [\d.]+: as much as the score rose on the way/);
    await page.getByRole("button", { name: "Code" }).click();
    await shows(page.getByRole("region", { name: "Program in TypeScript" }), 'baseline: "white", samples: 32');
    await shows(page.getByRole("region", { name: "Program in PyTorch" }), "leggauss(32)");
    await page.getByRole("button", { name: "Numbers" }).click();
  });

  const sights = [
    ["numbers", "light", 1440, false],
    ["numbers", "dark", 390, false],
    ["numbers", "light", 1024, true],
    ["story", "dark", 1024, false],
  ] as const;

  it.each(sights)(
    "axe finds nothing in %s, %s, at %i pixels, in forced colours: %s",
    async (level, theme, width, forced) => {
      const { page, errors } = await studio.tests.open({
        path: `${way}&level=${level}`,
        viewport: { width, height: 900 },
        theme,
        early: true,
      });
      if (forced) await page.emulateMedia({ forcedColors: "active" });
      await page.locator('[data-testid="pixel"], [data-testid="story"]').first().waitFor();
      expect(await axeViolations(page, { forced })).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([overflow, errors]).toEqual([0, []]);
      await page.context().close();
    },
  );

  it("writes nothing to the console that it should not", () => {
    expect(studio.errors).toEqual([]);
  });
});
