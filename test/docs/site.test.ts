/** @file The site as it is built: no dead link, a search that finds what one looks for, and examples that run in its pages. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metrics } from "../../src/evaluate/metrics/index.js";
import { methods } from "../../src/explain/methods/index.js";
import { workFolder } from "../cli/fovea.js";
import { root } from "../house/imports.js";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { documents } from "../support/docs/pages.js";

const folder = workFolder();
/** Below a path, as pages of a repository are served. */
const base = "/fovea/";
const site = join(folder, "fovea");
/** Seconds that building may take in CI, the element and the studio aside. */
const patience = 120;

function run(args: readonly string[], cwd: string): void {
  const env = { ...process.env, FOVEA_SITE_BASE: base };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
}

let seconds = 0;

beforeAll(() => {
  const modules = join(root, "node_modules");
  const npm = process.env.npm_execpath ?? "npm";
  const start = performance.now();
  run([npm, "run", "-s", "prepare-files"], join(root, "site"));
  run([join(modules, "vitepress/bin/vitepress.js"), "build", "--outDir", site], join(root, "site"));
  seconds = (performance.now() - start) / 1000;
}, 600_000);

describe("the site", () => {
  it("is built in time, with every page and no dead link", () => {
    // As measured on the machine of the tests, which may be busy.
    expect(seconds).toBeLessThan(2 * patience);
    for (const path of documents.keys()) {
      const [, page] = /^docs\/(.*)\.md$/.exec(path) ?? [];
      if (page !== undefined) expect(existsSync(join(site, `${page}.html`)), page).toBe(true);
    }
    expect(readdirSync(join(site, "api/fovea")).length).toBeGreaterThan(5);
  });

  it("asks no other host for anything, and has all addresses below its path", () => {
    const html = readFileSync(join(site, "index.html"), "utf8");
    const addresses = Array.from(html.matchAll(/(?:src|<link[^>]* href)="([^"]+)"/g), ([, address = ""]) => address);
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(address.startsWith(base), address).toBe(true);
  });
});

interface Search {
  search(words: string, options: object): readonly { readonly id: string }[];
}

describe("its search", () => {
  let index: Search;

  beforeAll(async () => {
    const require = createRequire(fileURLToPath(import.meta.resolve("vitepress")));
    const chunks = join(site, "assets/chunks");
    const file = readdirSync(chunks).find((name) => name.startsWith("@localSearchIndexroot")) ?? "";
    const { default: json }: { default: string } = await import(pathToFileURL(join(chunks, file)).href);
    const { default: MiniSearch } = await import(pathToFileURL(require.resolve("minisearch")).href);
    index = MiniSearch.loadJSON(json, { fields: ["title", "titles", "text"], storeFields: ["title", "titles"] });
  });

  /** The pages of the first results, as VitePress's box asks for them. */
  const found = (words: string) =>
    index
      .search(words, { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } })
      .slice(0, 16)
      .map(({ id }) => id);

  it.each(methods.map(({ name }) => name))("finds the method %s", (name) => {
    expect(
      found(name).some((id) => /\/(methods|conformance|conformance-kit|choose-a-method)\.html/.test(id)),
      `${found(name)}`,
    ).toBe(true);
  });

  it.each(metrics.map(({ name }) => name))("finds the metric %s", (name) => {
    expect(
      found(name).some((id) => /\/(methods|trust)\.html/.test(id)),
      `${found(name)}`,
    ).toBe(true);
  });

  const codes = Array.from(
    (documents.get("docs/troubleshooting.md") ?? "").matchAll(/^## ([a-z-]+)$/gm),
    ([, code]) => code,
  );
  it.each(codes)("finds the error code %s", (code = "") => {
    expect(found(code)).toContain(`${base}troubleshooting.html#${code}`);
  });
});

describe.skipIf(!hasBrowser)("its pages", () => {
  let server: Site;
  let browser: TestBrowser;

  beforeAll(async () => {
    // Without headers of isolation, as most hosts serve: one thread.
    server = await serveFolder(folder, { isolated: false });
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it("explain a picture with the library, class by class, and ask no other host", { timeout: 120_000 }, async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(`${server.url}fovea/`))
        problems.push(request.url());
    });
    await page.goto(`${server.url}fovea/index.html`);
    await page.getByRole("button", { name: "Explain the picture" }).click();
    const classes = page.locator(".live .class");
    await expect.poll(() => classes.count(), { timeout: 60_000 }).toBe(4);
    expect(await classes.first().textContent()).toMatch(/^ring.*%$/);
    const label = () => page.evaluate("document.querySelector('.live fovea-heatmap').map.label");
    await expect.poll(label).toBe("ring");
    await classes.nth(1).click();
    await expect.poll(label).toBe("cross");
    await page.getByLabel("Method").selectOption("eigen-cam");
    await expect.poll(() => page.locator(".live .note").textContent()).toMatch(/computed in this page/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("find a page by its words", { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}fovea/glossary.html`);
    await page.getByRole("button", { name: "Search" }).first().click();
    await page.locator("#localsearch-input").fill("unsupported-operator");
    const first = page.locator(".VPLocalSearchBox .result").first();
    await expect.poll(() => first.getAttribute("href")).toContain("troubleshooting.html#unsupported-operator");
    await page.close();
  });
});
