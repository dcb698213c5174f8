/** @file How a real browser enters the studio, what keeps nothing of the token, and what pages of others get of it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import type { Resource } from "../../../src/serve/studio/content.js";
import { serveImages } from "../../../src/serve/studio/images.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { hasBrowser, openBrowser, type TestBrowser } from "../../support/browser/browser.js";
import { firstMap } from "../../support/browser/studio.js";

const builtPage = fileURLToPath(new URL("../../../dist/studio/", import.meta.url));
const index = `<!doctype html><link rel="stylesheet" crossorigin href="/assets/style.css"><body>
<img id="photo" src="/given/images/0"><script type="module" crossorigin src="/assets/app.js"></script>`;
const app = `
const [{ images }, photo] = await Promise.all([(await fetch("given.json")).json(), (await fetch("/given/images/0")).blob()]);
await document.getElementById("photo").decode();
document.body.dataset.found = images.length + " " + photo.type + " " + getComputedStyle(document.body).color;`;
const found = "1 image/png rgb(1, 2, 3)";
const sentence = /^expected a browser that has opened the address which the terminal shows, got another/;
const fromElsewhere = /^expected the studio's own page to ask, got another site/;

describe.skipIf(!hasBrowser)("a browser", { timeout: 60_000 }, () => {
  const folder = workFolder();
  const resources = new Map<string, Resource>();
  const at = (...names: string[]) => join(folder, ...names);
  let browser: TestBrowser;
  let context: BrowserContext;
  let page: Page;
  let studio: StudioServer;
  /** Of somebody else, at another port: it keeps the cookies that it is sent. */
  let other: Server;
  let otherUrl: string;
  let content = "";
  const cookiesSeen: string[] = [];

  beforeAll(async () => {
    mkdirSync(at("page", "assets"), { recursive: true });
    writeFileSync(at("x.png"), await encodePng({ width: 4, height: 3, channels: 1, pixels: new Uint8Array(12) }));
    writeFileSync(at("page", "index.html"), index);
    writeFileSync(at("page", "assets", "app.js"), app);
    writeFileSync(at("page", "assets", "style.css"), "body { color: rgb(1, 2, 3) }");
    const images = await serveImages([at("x.png")], resources);
    const source = Buffer.from(JSON.stringify({ images }));
    resources.set("/given.json", () => ({ type: "application/json", source }));
    other = createServer((request, response) => {
      cookiesSeen.push(request.headers.cookie ?? "");
      response.setHeader("Content-Type", "text/html").end(`<!doctype html>${content}`);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    other?.close();
  });

  const start = (port = 0) => serveStudio({ page: at("page"), resources, port });

  beforeEach(async () => {
    studio = await start();
    context = await browser.newContext();
    page = await context.newPage();
  });

  afterEach(async () => {
    await context.close();
    await studio.close();
  });

  const works = async (tab = page) => {
    await tab.locator("body[data-found]").waitFor({ state: "attached" });
    expect(await tab.evaluate("document.body.dataset.found")).toBe(found);
  };
  const text = (tab = page) => tab.evaluate("document.body.innerText");

  it("is let in by the address, which then is without its token, as are referrer, history, timings and cookies of scripts", async () => {
    await page.goto(`${studio.address}#layer=x`);
    await works();
    expect(page.url()).toBe(`${studio.url}#layer=x`);
    const token = new URL(studio.address).searchParams.get("token") as string;
    const kept = await page.evaluate(`JSON.stringify([
      location.href, document.referrer, document.URL, document.cookie, document.documentElement.outerHTML,
      performance.getEntries().map(({ name }) => name), Object.values(localStorage), navigation.entries().map(({ url }) => url)])`);
    expect(kept).toContain(studio.url);
    expect(kept).not.toContain(token);
    expect(kept).not.toContain("fovea-studio");
  });

  it("stays in when it reloads, in a second tab, and by a link that was copied from the address bar", async () => {
    await page.goto(studio.address);
    await page.evaluate(`history.replaceState(null, "", "#class=3")`);
    await page.reload();
    await works();
    expect(page.url()).toBe(`${studio.url}#class=3`);
    const tab = await context.newPage();
    await tab.goto(page.url());
    await works(tab);
    const stranger = await browser.newContext();
    const outside = await stranger.newPage();
    await outside.goto(page.url());
    expect(await text(outside)).toMatch(sentence);
    await stranger.close();
  });

  it("is let in from a file, and by a link of another site that knows the token", async () => {
    writeFileSync(at("open.html"), `<!doctype html><meta http-equiv="refresh" content="0; url=${studio.address}">`);
    await page.goto(pathToFileURL(at("open.html")).href);
    await works();
    expect(page.url()).toBe(studio.url);
    content = `<a href="${studio.address}">the studio</a>`;
    const tab = await context.newPage();
    await tab.goto(otherUrl.replace("127.0.0.1", "localhost"));
    await tab.click("a");
    await works(tab);
    expect(tab.url()).toBe(studio.url);
    expect(await tab.evaluate("document.referrer")).not.toContain("token");
  });

  it("gets all parts of the built page, threads' and fonts' too, and its first map", async () => {
    const own = new Map<string, Resource>([
      ["/given.json", () => ({ type: "application/json", source: Buffer.from(`{"images":[]}`) })],
    ]);
    const whole = await serveStudio({ page: builtPage, resources: own, port: 0 });
    const answers = new Set<number>();
    page.on("response", (response) => answers.add(response.status()));
    await page.goto(whole.address);
    await firstMap(page);
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect([...answers].sort()).toEqual([200, 303]);
    await whole.close();
  });

  it("is in two studios at two ports at once", async () => {
    const second = await start();
    await page.goto(studio.address);
    const tab = await context.newPage();
    await tab.goto(second.address);
    await works(tab);
    await page.reload();
    await works();
    await second.close();
  });

  it("is out when the studio was started anew at the same port, until it opens the new address", async () => {
    await page.goto(studio.address);
    await works();
    const { port } = new URL(studio.url);
    await studio.close();
    studio = await start(Number(port));
    await page.reload();
    expect(await text()).toMatch(sentence);
    await page.goto(studio.address);
    await works();
  });

  it.each(["127.0.0.1", "localhost"])("gives a page of another port at %s nothing, by whatever way", async (host) => {
    await page.goto(studio.address);
    await works();
    content = `<img id="photo" src="${studio.url}given/images/0"><iframe src="${studio.url}"></iframe>
      <script src="${studio.url}assets/app.js" onload="window.loaded = true"></script><a href="${studio.url}">the studio</a>`;
    const tab = await context.newPage();
    const answers: number[] = [];
    tab.on("response", (response) => response.url().startsWith(studio.url) && answers.push(response.status()));
    await tab.goto(otherUrl.replace("127.0.0.1", host));
    expect(await tab.evaluate(`document.getElementById("photo").naturalWidth`)).toBe(0);
    for (const mode of ["cors", "no-cors"]) {
      const asked = `fetch("${studio.url}given.json", { mode: "${mode}", credentials: "include" })`;
      expect(await tab.evaluate(`${asked}.then((r) => r.text(), () => "")`)).toBe("");
    }
    expect(await tab.evaluate("window.loaded")).toBeUndefined();
    const [, frame] = tab.frames();
    expect(await frame?.evaluate("document.body.dataset.found").catch(() => undefined)).toBeUndefined();
    await tab.click("a");
    await tab.waitForURL(studio.url);
    expect(await text(tab)).toMatch(fromElsewhere);
    expect(new Set(answers)).toEqual(new Set([403]));
  });

  it("sends its cookie to other ports of the host, as browsers do: the server does not rely on it alone", async () => {
    await page.goto(studio.address);
    content = "";
    await page.goto(otherUrl);
    expect(cookiesSeen.at(-1)).toContain(`fovea-studio-${new URL(studio.url).port}=`);
  });
});
