/** @file Texts to compare pictures with, typed in the studio. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests, untilHeatChanges } from "../support/browser/studio.js";

const folder = "test/fixtures/image-text";
const file = (path: string, name = path.replace(/.*\//, "")) => ({
  name,
  mimeType: "",
  buffer: readFileSync(`${folder}/${path}`),
});

describe.skipIf(!hasBrowser)("texts in the studio", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "#sample=texts" });
  const classes = () => studio.page.locator('[data-testid="classes"] .name').allInnerTexts();
  const texts = async () => (await classes()).map((text) => text.replace(/\s*predicted$/, "")).sort();
  const typed = () => studio.page.getByLabel("A text to look for");
  const link = () => studio.page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("texts"));

  it("are the classes of the page's own model", async () => {
    await expect.poll(() => texts()).toEqual(["a red star", "circle", "square"]);
    await expect.poll(() => studio.page.getByRole("heading", { name: "Texts" }).count()).toBe(1);
  });

  it("are added by typing, with a map of their own, and stand in the link", async () => {
    await typed().fill("a blue triangle");
    await untilHeatChanges(studio.page, () => typed().press("Enter"));
    await expect.poll(() => texts()).toEqual(["a blue triangle", "a red star", "circle", "square"]);
    expect(await link()).toBe("circle\nsquare\na red star\na blue triangle");
    expect(await typed().inputValue()).toBe("");
    const row = studio.page.locator('[data-testid="classes"] button.row', { hasText: "a blue triangle" });
    await row.click();
    await expect
      .poll(() => studio.page.locator('[data-testid="classes"] li.explained').innerText())
      .toContain("triangle");
  });

  it("of unknown words are refused with those that are known, and stay to be mended", async () => {
    await typed().fill("a dog");
    await typed().press("Enter");
    const told = studio.page.getByText(/got "dog". It should be words that the model knows .*circle/);
    await expect.poll(() => told.count()).toBe(1);
    expect(await typed().inputValue()).toBe("a dog");
    expect((await texts()).length).toBe(4);
  });

  it("are taken away, all but one, whose number is no percentage", async () => {
    for (const text of ["a red star", "a blue triangle", "square"]) {
      await studio.page.getByRole("button", { name: `Remove ${text}` }).click();
      await expect.poll(() => texts()).not.toContain(text);
    }
    await expect.poll(() => texts()).toEqual(["circle"]);
    expect(await studio.page.getByRole("button", { name: "Remove circle" }).count()).toBe(0);
    await expect.poll(() => studio.page.locator('[data-testid="classes"] .number').innerText()).toMatch(/^-?0\.\d+$/);
  });

  it("come back with the link", async () => {
    const { page } = await studio.tests.open({ path: "#sample=texts&texts=small%0Alarge" });
    const names = page.locator('[data-testid="classes"] .name');
    await expect
      .poll(async () =>
        (await names.allInnerTexts())
          .map((text) => text.split("\n")[0]?.trim())
          .sort()
          .join(),
      )
      .toMatch(/large.*small/);
    await page.close();
  });

  it.each([
    ["a model with its tokenizer", [file("clip/model.onnx")], "clip"],
    [
      "two networks with their tokenizer",
      [file("clip-split/text_model.onnx"), file("clip-split/vision_model.onnx")],
      "clip-split",
    ],
  ] as const)("are asked of %s", async (_, models, from) => {
    const beside = ["tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"].map((name) =>
      file(`${from}/${name}`),
    );
    // Texts that were typed are asked of the next model, too.
    await studio.page.evaluate(() => {
      location.hash = "#sample=texts";
    });
    await studio.give(...models, ...beside);
    await expect.poll(() => texts()).toEqual(["a photo of a cat", "a photo of a dog"]);
    await typed().fill("two cats; a tree");
    await typed().press("Enter");
    await expect.poll(() => texts()).toEqual(["a photo of a cat", "a photo of a dog", "a tree", "two cats"]);
    expect(studio.errors).toEqual([]);
  });
});
