/** @file The studio's server and a real browser: the page is isolated, works under its policy, and is closed to other pages. */

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import type { Resource } from "../../../src/serve/studio/content.js";
import { serveImages } from "../../../src/serve/studio/images.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";

const app = `
const worker = new Worker(new URL("/assets/worker.js", location), { type: "module" });
const shared = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); worker.postMessage(new SharedArrayBuffer(8)); });
const wasm = await WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const photo = await createImageBitmap(await (await fetch("/given/images/0")).blob());
let evaluated = true;
try { new Function("return 1")(); } catch { evaluated = false; }
const away = await fetch(document.body.dataset.away).then(() => true, () => false);
document.body.dataset.found = JSON.stringify({ isolated: crossOriginIsolated, shared, wasm: wasm.instance !== undefined, size: [photo.width, photo.height], inline: window.inline === true, evaluated, away });
`;

describe.skipIf(!hasBrowser)("in a browser, the studio", () => {
  const folder = workFolder();
  const resources = new Map<string, Resource>();
  let studio: StudioServer;
  let other: Server;
  let browser: TestBrowser;
  let page: Page;
  let asked = 0;

  beforeAll(async () => {
    const png = await encodePng({ width: 4, height: 3, channels: 1, pixels: new Uint8Array(12) });
    mkdirSync(join(folder, "page", "assets"), { recursive: true });
    writeFileSync(join(folder, "x.png"), png);
    await serveImages([join(folder, "x.png")], resources);
    studio = await serveStudio({ page: join(folder, "page"), resources, port: 0 });
    other = createServer((_, response) => {
      asked++;
      response.setHeader("Content-Type", "text/html").setHeader("Access-Control-Allow-Origin", "*");
      response.end(
        `<!doctype html><img id="photo" src="${studio.url}given/images/0"><iframe src="${studio.url}"></iframe>`,
      );
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const away = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const index = `<!doctype html><link rel="icon" href="data:,"><body data-away="${away}"><script>window.inline = true</script><script type="module" src="/assets/app.js"></script>`;
    writeFileSync(join(folder, "page", "index.html"), index);
    writeFileSync(join(folder, "page", "assets", "app.js"), app);
    writeFileSync(
      join(folder, "page", "assets", "worker.js"),
      "onmessage = ({ data }) => postMessage(data.byteLength);",
    );
    browser = await openBrowser();
    page = await browser.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    other?.close();
    await studio?.close();
  });

  it("shares memory with workers, runs WebAssembly and shows given images; no inline script, no eval, no other host", async () => {
    await page.goto(studio.address);
    await page.locator("body[data-found]").waitFor({ state: "attached" });
    expect(JSON.parse(await page.evaluate("document.body.dataset.found"))).toEqual({
      ...{ isolated: true, shared: 8, wasm: true, size: [4, 3] },
      ...{ inline: false, evaluated: false, away: false },
    });
    expect(asked).toBe(0);
  });

  it("cannot be read, shown or framed by a page of another origin", async () => {
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    expect(await page.evaluate(`document.getElementById("photo").naturalWidth`)).toBe(0);
    expect(await page.evaluate(`fetch("${studio.url}given/images/0").then(() => "read", () => "refused")`)).toBe(
      "refused",
    );
    const [, frame] = page.frames();
    expect(await frame?.evaluate("document.body.dataset.away").catch(() => undefined)).toBeFalsy();
  });
});
