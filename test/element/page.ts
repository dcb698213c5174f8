/** @file The element as pages get it, bundled, in a browser, on a page with a strict content security policy. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { openBrowser, type Site, serveFolder } from "../support/browser/browser.js";

const web = fileURLToPath(new URL("../../web", import.meta.url));
const policy =
  "default-src 'none'; img-src 'self' data:; connect-src 'self' data:; script-src 'self' 'wasm-unsafe-eval'";

export interface Bench {
  /** What is served: its folder `heatmap` is the bundle. */
  readonly folder: string;
  readonly files: Record<string, string | Uint8Array>;
  readonly site: Site;
  open(options?: BrowserContextOptions): Promise<ElementPage>;
  close(): Promise<void>;
}

export interface ElementPage extends Page {
  /** What the page complained of. */
  readonly complaints: string[];
}

export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-element-"));
  const outDir = join(folder, "heatmap");
  await build({ root: web, configFile: join(web, "element.config.ts"), logLevel: "silent", build: { outDir } });
  const files: Record<string, string | Uint8Array> = {
    "index.html": `<!doctype html><html lang="en"><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="${policy}; style-src 'self'; worker-src 'self'">
      <title>Heat maps</title><link rel="stylesheet" href="page.css">
      <script type="module" src="heatmap/fovea-heatmap.js"></script><script src="watch.js"></script><main></main></html>`,
    "page.css": `body { margin: 0; color-scheme: light dark; background: Canvas; color: CanvasText }
      .natural { width: 96px; --fovea-radius: 0px }
      .wide { width: 150px }`,
    "watch.js": `window.seen = [];
      for (const type of ["fovea-load", "fovea-error"])
        addEventListener(type, ({ detail, target }) => seen.push({ type, target, ...detail, message: detail.error?.message }));`,
  };
  const site = await serveFolder(folder, { files });
  const browser = await openBrowser();
  return {
    folder,
    files,
    site,
    async open(options = {}) {
      const page = await (await browser.newContext(options)).newPage();
      const complaints: string[] = [];
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(site.url);
      return Object.assign(page, { complaints });
    },
    async close() {
      await browser.close();
      await site.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Seen {
  readonly type: "fovea-load" | "fovea-error";
  readonly message?: string;
  readonly peak?: number;
  readonly label?: string;
  readonly width?: number;
  readonly height?: number;
  readonly values?: readonly number[];
}

/** Puts HTML onto the page, runs a script with its first element as `element`, and waits for what the element tells then. */
export async function show(page: Page, html: string, script = "", count = 1): Promise<Seen> {
  await page.mouse.move(0, 0);
  await page.evaluate(
    `seen.length = 0; document.querySelector("main").innerHTML = ${JSON.stringify(html)};
     { const element = document.querySelector("fovea-heatmap"); ${script} }`,
  );
  await until(page, `seen.length >= ${count}`);
  return page.evaluate(`(() => {
    const { type, message, peak, label, map } = seen.at(-1);
    return { type, message, peak, label, ...(map && { ...map, values: [...map.values] }) };
  })()`);
}

/** Waits until an expression holds, on pages whose policy forbids Playwright's own way of waiting. */
export async function until(page: Page, expression: string): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => { const look = () => (${expression}) ? resolve() : requestAnimationFrame(look); look(); })`,
  );
}

/** Bytes, gzipped, of a script of the bundle and of all that it loads at once. */
export function weight(folder: string, name: string): number {
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, other] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) load(other as string);
  };
  load(name);
  return [...loaded].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
}

/** The files of the bundle. */
export const bundled = (folder: string): string[] => readdirSync(folder);
