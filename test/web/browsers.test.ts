/** @file The page in browsers that lack something: a decoder for Brotli in scripts, promise integration, WebAssembly exceptions. */

import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveStudio } from "../../src/serve/studio/server.js";
import { root } from "../house/imports.js";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { firstMap } from "../support/browser/studio.js";

const lacking = {
  "promise integration": "delete WebAssembly.Suspending; delete WebAssembly.promising;",
  "WebAssembly exceptions": "WebAssembly.validate = () => false;",
} as const;

describe.skipIf(!hasBrowser)("a browser", { timeout: 60_000 }, () => {
  let [browser, site]: [TestBrowser?, Site?] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    site = await serveFolder(join(root, "dist/studio"));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Opens the page; each of its scripts, those of its workers and threads too, begins with a text. */
  async function open(beginning: string): Promise<Page> {
    const context = await (browser as TestBrowser).newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await context.route(/\.m?js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: beginning + (await response.text()) });
    });
    await page.goto(`${(site as Site).url}?provider=wasm#sample=digits`);
    return page;
  }

  it("without promise integration computes on the processor, on several threads", async () => {
    const page = await open(lacking["promise integration"]);
    await firstMap(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.locator("[data-testid=model]").click();
    await expect.poll(() => page.locator("dl").first().innerText()).toContain("WebAssembly");
    await page.context().close();
  });

  it("without WebAssembly exceptions says which browsers have them", async () => {
    const page = await open(lacking["WebAssembly exceptions"]);
    await page
      .getByText(
        "this browser is an older one. It should be one with WebAssembly exceptions (Chrome and Edge 137, Firefox 131, Safari 18.4, or newer)",
      )
      .waitFor();
    await page.context().close();
  });

  /** Whether the page fetched what unpacks the runtime, until its first map. */
  async function unpacksItself(address: string): Promise<boolean> {
    const context = await (browser as TestBrowser).newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    const asked: string[] = [];
    context.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(address);
    await firstMap(page);
    await page.locator("[data-testid=model]").click();
    await expect.poll(() => page.locator("dl").first().innerText()).toContain("WebAssembly");
    await context.close();
    expect(asked).toContain("/ort/ort-wasm-simd-threaded.jspi.wasm.br");
    return asked.includes("/ort/brotli_dec_wasm_bg.wasm");
  }

  it("unpacks the runtime itself where its host sends it packed", async () => {
    expect(await unpacksItself(`${(site as Site).url}?provider=wasm#sample=digits`)).toBe(true);
  });

  it("leaves that to its network code where `fovea studio` serves the page", async () => {
    const studio = await serveStudio({ page: join(root, "dist/studio"), resources: new Map(), port: 0 });
    expect(await unpacksItself(`${studio.address}&provider=wasm#sample=digits`)).toBe(false);
    await studio.close();
  });
});
