/** @file The examples for pages in a real browser: built as their pages say, or served as they are. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { addShapes, copyOf, root, runFovea } from "./app.js";

let browser: TestBrowser;
/** What is to be ended with the tests. */
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  await browser?.close();
});

/** A photo and the maps of its three best classes, as the example's page says. @returns the maps, the best class first */
async function withMaps(folder: string, place = folder): Promise<{ label: string; values: number[] }[]> {
  await addShapes(place);
  const map = join(place, "map.npy");
  await runFovea(folder, [
    "explain",
    join(place, "model.onnx"),
    join(place, "photo.jpg"),
    "--class",
    "top-3",
    "--raw",
    "--out",
    map,
  ]);
  return JSON.parse(readFileSync(join(place, "map.json"), "utf8")).maps;
}

/** Builds the app with Vite's own settings, and opens what came out. */
async function openBuilt(folder: string): Promise<Page> {
  await build({ root: folder, configFile: false, logLevel: "silent" });
  const site = await serveFolder(join(folder, "dist"), { isolated: false });
  ends.push(site.close);
  return open(site.url);
}

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", ({ message }) => expect(message).toBe(""));
  await page.goto(url);
  return page;
}

/** What the element says of its map: the label above the colours. */
const labelOf = (page: Page) => page.locator("fovea-heatmap [part=label]").textContent();

describe.skipIf(!hasBrowser)("the examples for pages", { timeout: 120_000 }, () => {
  it("a Vite app explains the photo that is chosen, in the page", async () => {
    const folder = copyOf("vite", ["onnxruntime-web"]);
    const [shown = ""] = await addShapes(join(folder, "public"));
    const page = await openBuilt(folder);
    await page.waitForSelector("input:enabled");
    await page.setInputFiles("input", join(folder, "public/photo.jpg"));
    await expect.poll(() => labelOf(page)).toBe(shown);
    expect(await page.textContent("output")).toMatch(new RegExp(`^${shown}, \\d+ %$`));
    await page.setInputFiles("input", join(folder, "README.md"));
    await expect.poll(() => page.textContent("output")).toMatch(/expected .*got/);
  });

  it.each([
    ["react", ["react", "react-dom"]],
    ["vue", ["vue"]],
  ])("a component of %s shows the map of the class that is chosen, and hears of its peak", async (name, packages) => {
    const folder = copyOf(name, packages);
    const maps = await withMaps(folder, join(folder, "public"));
    const page = await openBuilt(folder);
    for (const [index, { label, values }] of maps.entries()) {
      await page.selectOption("select", { index });
      await expect.poll(() => labelOf(page)).toBe(label);
      const peak = Math.max(...values).toPrecision(3);
      await expect.poll(() => page.textContent("p")).toBe(`The strongest evidence is ${peak}.`);
    }
  });

  it("a notebook of Observable shows the map of the class that is chosen", async () => {
    const folder = copyOf("observable", ["@observablehq/runtime", "@observablehq/stdlib"]);
    const maps = await withMaps(folder, join(folder, "public"));
    const page = await openBuilt(folder);
    for (const [index, { label }] of maps.entries()) {
      await page.selectOption("select", { index });
      await expect.poll(() => labelOf(page)).toBe(label);
    }
    // The runtime asks for the next value a frame after it has used one: a choice in between counts, too.
    await page.$eval("select", (select: HTMLSelectElement) => {
      for (const value of ["1", "0"]) {
        select.value = value;
        select.dispatchEvent(new Event("input"));
      }
    });
    await expect.poll(() => labelOf(page)).toBe(maps[0]?.label);
  });
});

describe.skipIf(!hasBrowser)("the example of plain HTML", { timeout: 120_000 }, () => {
  const cdn = "https://cdn.example.com/fovea/dist/";
  let folder: string;
  let label: string | undefined;

  beforeAll(async () => {
    folder = copyOf("html");
    [{ label } = { label: undefined }] = await withMaps(folder);
    const config = join(root, "web/element.config.ts");
    const outDir = join(folder, "cdn/heatmap");
    await build({
      root: join(root, "web"),
      configFile: config,
      logLevel: "silent",
      build: { outDir, emptyOutDir: true },
    });
    await runFovea(folder, ["compile", "model.onnx", "--image", "--out", "explained.onnx"]);
  });

  /** The page as it is served, with the element from another site, as from a CDN. */
  async function openWith(html: string): Promise<Page> {
    const site = await serveFolder(folder, { files: { "index.html": html }, isolated: false });
    ends.push(site.close);
    const host = await serveFolder(join(folder, "cdn"), { isolated: false });
    ends.push(host.close);
    const page = await browser.newPage();
    page.on("pageerror", ({ message }) => expect(message).toBe(""));
    await page.route(`${cdn}**`, async (route) => {
      const answer = await fetch(host.url + route.request().url().slice(cdn.length));
      const headers = { "access-control-allow-origin": "*", "content-type": answer.headers.get("content-type") ?? "" };
      await route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
    });
    await page.goto(site.url);
    await page.waitForFunction("customElements.get('fovea-heatmap')");
    return page;
  }

  it("shows a map from a file with the element of another site", async () => {
    const page = await openWith(readFileSync(join(folder, "index.html"), "utf8"));
    await expect.poll(() => labelOf(page)).toBe(label);
  });

  it("computes a map with a model, too", async () => {
    const html = readFileSync(join(folder, "index.html"), "utf8").replace('map="map.json"', 'model="explained.onnx"');
    const page = await openWith(html);
    await expect.poll(() => labelOf(page)).toBe(label);
  });
});
