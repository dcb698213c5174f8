/** @file The maps of the page are those of Node: by WebAssembly within 1e-4, by WebGPU within 2e-3 of the largest value. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { hasBrowser } from "../support/browser/browser.js";
import {
  firstMap,
  largestDifference,
  type SavedExplanation,
  type StudioPage,
  StudioTests,
  savedJson,
} from "../support/browser/studio.js";
import { runtime } from "../support/runtime.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const methods = ["grad-cam", "layer-cam", "gradient", "integrated-gradients", "ablation-cam"];

const providers = [
  ["wasm", 1e-4],
  ["webgpu", 2e-3],
] as const;

/** Milliseconds for one map: software computes WebGPU some twenty times slower than WebAssembly, and other work may hold it up. */
const patience = 240_000;

describe.skipIf(!hasBrowser).each(providers)("maps by %s", { timeout: patience }, (provider, tolerance) => {
  let tests: StudioTests;
  let studio: StudioPage;
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    tests = await StudioTests.start({ webgpu: provider === "webgpu" });
    studio = await tests.open({ path: `?provider=${provider}#target=3&signed=true`, early: true });
    studio.page.setDefaultTimeout(patience);
    await firstMap(studio.page);
  }, patience);
  afterAll(() => tests?.close());

  /** What is saved once the page has followed the link, and computes no more. */
  async function saved(method: string): Promise<SavedExplanation> {
    const { page } = studio;
    await page.evaluate(async (fragment) => {
      const followed = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
      location.hash = fragment;
      await followed;
      await new Promise(requestAnimationFrame);
    }, `target=3&signed=true&method=${method}`);
    // What is saved is asked of the same worker, and comes after what it computes.
    await page.locator(".working").waitFor({ state: "detached" });
    const found = await savedJson(page);
    expect(found.method).toBe(method);
    return found;
  }

  it.each(methods)("%s is Node's", async (method) => {
    const shown = await saved(method);
    const explainer = await model.explainer({ method });
    const { input } = await model.readImage(join(root, "dist/studio/samples/digits/a-drawn-0.png"));
    const explanation = await explainer.explain(input, { classes: [3] });
    expect(shown.maps[0]?.class).toBe(3);
    const expected = mapOf(explanation, 0, 0, { signed: true });
    expect(largestDifference(shown, expected)).toBeLessThanOrEqual(tolerance);
    await explainer.close();
    // What a graphics card lacks is said in the console by the runtime itself.
    if (provider === "wasm") expect(studio.errors).toEqual([]);
  });

  it("says what computes", async () => {
    const { page } = studio;
    await page.locator("[data-testid=model]").click();
    await expect
      .poll(() => page.locator("dl").first().innerText())
      .toContain(provider === "wasm" ? "WebAssembly" : "WebGPU");
  });
});
