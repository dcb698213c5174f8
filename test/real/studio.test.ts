/** @file Real models and photos in the studio: dropped on the page, and given to the command. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import { workFolder } from "../cli/fovea.js";
import { hasBrowser } from "../support/browser/browser.js";
import { firstMap, largestDifference, StudioTests, savedJson } from "../support/browser/studio.js";
import { runtime } from "../support/runtime.js";

const models = process.env.FOVEA_MODELS;
const data = process.env.FOVEA_DATA;
const googlenet = join(models ?? "", "bvlc_googlenet/bvlc_googlenet.onnx");
const photo = join(data ?? "", "photos/pytorch-grad-cam__dog_cat.jfif");
const missing = !(existsSync(googlenet) && existsSync(photo));
const preprocessing = { scale: 1, mean: [104.007, 116.669, 122.679], std: [1], order: "bgr" } as const;

it.skipIf(!missing)("a real model and photo are at hand", ({ skip }) => skip("needs FOVEA_MODELS and FOVEA_DATA"));

describe.skipIf(missing || !hasBrowser)("GoogLeNet in the studio", { timeout: 120_000 }, () => {
  const folder = workFolder();
  let tests: StudioTests;
  beforeAll(async () => {
    tests = await StudioTests.start();
  }, 60_000);
  afterAll(() => tests?.close());

  it.each(["png", "jpeg"])("28 MB and a %s dropped on the page give Node's map", async (format) => {
    // The same pixels on both sides: browsers' JPEG decoders round chroma otherwise than Node's.
    const image = format === "jpeg" ? photo : join(folder, "photo.png");
    if (format === "png") writeFileSync(image, await encodePng(await decodeImage(photo)));
    const { page, errors } = await tests.open({ path: "?provider=wasm" });
    await page.setInputFiles('input[aria-label="Open a model or images"]', [googlenet, image]);
    await page.waitForFunction(
      () => document.querySelector("[data-testid=model]")?.textContent === "bvlc_googlenet.onnx",
    );
    await page.locator("[data-testid=model]").click();
    await page.getByLabel("How pixels become numbers").selectOption("caffe");
    await page.waitForFunction(() => /golden retriever\s*predicted/.test(document.body.innerText));
    await page.locator("[data-testid=model]").click();
    await firstMap(page);
    await page.getByRole("button", { name: "Appearance" }).click();
    await page.getByLabel("For and against").check();
    await page.keyboard.press("Escape");
    const shown = await savedJson(page);
    const model = await loadModel(googlenet, { runtime, preprocessing });
    const explainer = await model.explainer();
    const explanation = await explainer.explain((await model.readImage(image)).input);
    expect(shown.predicted).toBe(explanation.predicted[0]);
    const difference = largestDifference(shown, mapOf(explanation, 0, 0, { signed: true }));
    expect(difference).toBeLessThanOrEqual(format === "png" ? 1e-4 : 0.05);
    expect(errors).toEqual([]);
    await page.close();
  });
});
