/** @file A page that imports the built files as they lie, for the tests of one file. */

import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type LaunchOptions, openBrowser, type Site, serveFolder, type TestBrowser } from "./browser.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const protobuf = "/node_modules/@bufbuild/protobuf/dist/esm";

/** Where an import map finds the packages that every built file may need. */
const always = {
  "@bufbuild/protobuf": `${protobuf}/index.js`,
  "@bufbuild/protobuf/wire": `${protobuf}/wire/index.js`,
  "@bufbuild/protobuf/codegenv2": `${protobuf}/codegenv2/index.js`,
};

/** Opens the page before all tests, and closes it after them; `tab` is there while they run. */
export function tabWithImports(
  imports: Readonly<Record<string, string>>,
  options?: LaunchOptions,
): { readonly tab: Page } {
  const map = JSON.stringify({ imports: { ...always, ...imports } });
  const page = `<!doctype html><script type="importmap">${map}</script>`;
  let site: Site;
  let browser: TestBrowser;
  let tab: Page;
  beforeAll(async () => {
    site = await serveFolder(root, { files: { "index.html": page } });
    browser = await openBrowser(options);
    tab = await browser.newPage();
    await tab.goto(site.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    get tab() {
      return tab;
    },
  };
}
