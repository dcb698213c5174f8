/** @file The page without a network: what it keeps of itself, what works then, and how a newer version takes its place. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { firstMap, savedJson, untilHeatChanges } from "../support/browser/studio.js";
import { everything } from "../support/share.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = join(root, "dist/studio");
const read = (name: string) => readFileSync(join(built, name), "utf8");

/** A page's host that says nothing of isolation, and a browser that may keep it. */
function pageForTests(
  files: Record<string, string> = {},
  prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined,
) {
  const opened: { browser?: TestBrowser; site?: Site; context?: BrowserContext; page?: Page } = {};
  const errors: string[] = [];
  async function open(path = ""): Promise<Page> {
    const page = await (opened.context as BrowserContext).newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      // What the browser itself asks for, as soon as there is no network.
      if (message.type() === "error" && !/ERR_INTERNET_DISCONNECTED|404/.test(message.text()))
        errors.push(message.text());
    });
    await page.goto((opened.site as Site).url + path);
    await firstMap(page);
    return page;
  }
  beforeAll(async () => {
    opened.browser = await openBrowser();
    opened.site = await serveFolder(built, { isolated: false, files });
    opened.context = await opened.browser.newContext({ reducedMotion: "reduce", acceptDownloads: true });
    opened.context.setDefaultTimeout(30_000);
    await prepare(opened.context);
    opened.page = await open();
  }, 60_000);
  afterAll(async () => {
    await opened.browser?.close();
    await opened.site?.close();
  });
  return {
    errors,
    open,
    get page() {
      return opened.page as Page;
    },
    async cut() {
      await (opened.context as BrowserContext).setOffline(true);
      await (opened.site as Site).close();
    },
  };
}

const untilKept = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);
const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const openTab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true }).click();

async function openSample(page: Page, title: string): Promise<void> {
  await page.locator(".objects button").nth(1).click();
  await page.getByRole("button", { name: title, exact: true }).click();
}

describe.skipIf(!hasBrowser)("a page that was open once", { timeout: 60_000 }, () => {
  const studio = pageForTests();
  const model = () => studio.page.locator("[data-testid=model]").innerText();

  it("is kept as a whole, and goes on without a network", async () => {
    expect(await isIsolated(studio.page)).toBe(false);
    await untilKept(studio.page);
    const kept = await studio.page.evaluate(async () => {
      const [name = "", ...others] = await caches.keys();
      const requests = await (await caches.open(name)).keys();
      return { others, paths: requests.map(({ url }) => new URL(url).pathname.slice(1)) };
    });
    expect(kept.others).toEqual([]);
    const runtime = "ort/ort-wasm-simd-threaded.jspi.wasm.br";
    expect(kept.paths).toEqual(expect.arrayContaining(["", "mnist.onnx", "h5wasm/hdf5_util.js", runtime]));
    await studio.cut();
    for (const [
      tab,
      text,
    ] of [["Train", "Start"], ["Audit", "Pictures"], ["Why", "How it was made"], ["See", "The answer"]] as const) // biome-ignore format: pairs
      await openTab(studio.page, tab).then(() => studio.page.locator("main", { hasText: text }).waitFor());
    expect(await studio.page.getByText("did not arrive").count()).toBe(0);
  });

  it.runIf(everything)("opens Keras files, whose reader was never used before", async () => {
    await openTab(studio.page, "See");
    const buffer = readFileSync(join(root, "test/fixtures/keras/nested_deep/model.h5"));
    const file = { name: "nested.h5", mimeType: "", buffer };
    await studio.page.setInputFiles('input[aria-label="Open a model or images"]', file);
    await expect.poll(model).toBe("nested.h5");
  });

  it("opens again without a network, and has threads from then on", async () => {
    await studio.page.goto("about:blank");
    await studio.page.goBack();
    await studio.page.reload();
    await firstMap(studio.page);
    expect(await isIsolated(studio.page)).toBe(true);
    await studio.page.locator("link[rel=manifest]").waitFor({ state: "attached" });
  });

  it.runIf(everything)("opens every model of its own, and computes with it", async () => {
    for (const [title, file] of [
      ["Digits", "mnist.onnx"],
      ["Scenes with boxes", "scenes-detect.onnx"],
      ["Scenes in segments", "scenes-segment.onnx"],
      ["Two shapes", "shapes.onnx"],
    ] as const) {
      // biome-ignore format: pairs
      await untilHeatChanges(studio.page, () => openSample(studio.page, title));
      await expect.poll(model).toBe(file);
      await expect.poll(() => studio.page.locator("[data-testid=pictures] img").count()).toBeGreaterThan(7);
    }
  });

  it.runIf(everything)("saves what it shows, compares methods, and measures trust", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Save", exact: true }).click();
    expect((await savedJson(page)).maps.length).toBe(1);
    await openTab(page, "Why");
    await openTab(page, "Other methods");
    await expect.poll(() => page.locator('[data-testid="methods"] li').count()).toBeGreaterThan(20);
    await openTab(page, "Can I trust it?");
    await page.getByRole("button", { name: "Measure" }).click();
    await page.locator('[data-testid="deletion"]').waitFor();
  });

  it.runIf(everything)("trains a network", async () => {
    await openTab(studio.page, "Train");
    await studio.page.getByRole("button", { name: "Start", exact: true }).click();
    await expect
      .poll(async () => Number(await studio.page.locator("[data-count=step]").textContent()))
      .toBeGreaterThan(3);
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

const hash = (text: string) => createHash("sha256").update(text).digest("base64");

describe.runIf(hasBrowser && everything)("a newer version of the page", { timeout: 60_000 }, () => {
  const files: Record<string, string> = {};
  const studio = pageForTests(files);
  const question = (page: Page) => page.locator(".notice.question");
  const reload = (page: Page) => page.getByRole("button", { name: "Reload for the new version" });

  it("waits, says so, and does not come while another tab shows the version before", async () => {
    const { page } = studio;
    await untilKept(page);
    const [before, worker] = [read("index.html"), read("service-worker.js")];
    const after = before.replace("<title>Fovea studio</title>", "<title>Fovea studio, renewed</title>");
    const version = /version:`([^`]+)`/.exec(worker)?.[1] as string;
    expect(worker).toContain(hash(before));
    files["index.html"] = after;
    files["service-worker.js"] = worker.replace(hash(before), hash(after)).replace(version, "another");
    const other = await studio.open();
    expect(await other.title()).toBe("Fovea studio");
    await question(other).waitFor();
    await reload(other).click();
    await other.getByText("Other tabs still show the version before: close them first.").waitFor();
    expect(await other.title()).toBe("Fovea studio");
    await other.close();
  });

  it("comes as a whole when it is asked for, and ends what was kept of the one before", async () => {
    const { page } = studio;
    await page.reload();
    await firstMap(page);
    expect(await page.title()).toBe("Fovea studio");
    await reload(page).click();
    await page.waitForFunction(() => document.title === "Fovea studio, renewed");
    await firstMap(page);
    const names = await page.evaluate(() => caches.keys());
    expect(names).toEqual([`fovea ${new URL("./", page.url()).href} another`]);
  });

  it("is not kept at all where a file is another than the list says", async () => {
    const { page } = studio;
    const worker = files["service-worker.js"] as string;
    files["service-worker.js"] = worker
      .replace("another", "third")
      .replace(hash(files["index.html"] as string), hash(""));
    const state = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const updated = new Promise<string>((resolve) =>
        registration.addEventListener("updatefound", () =>
          registration.installing?.addEventListener("statechange", (event) =>
            resolve((event.target as ServiceWorker).state),
          ),
        ),
      );
      await registration.update();
      return updated;
    });
    expect(state).toBe("redundant");
  });

  it("left no error", () => expect(studio.errors).toEqual([]));
});

describe.runIf(hasBrowser && everything)("a first visit", { timeout: 60_000 }, () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const studio = pageForTests({}, (context) =>
    context.route("**/*.wasm.br", async (route) => {
      await held;
      await route.continue();
    }),
  );

  it("fetches nothing to be kept before the runtime is there and the first answer with it", async () => {
    const registered = () =>
      studio.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    // Longer than a page is quiet before it is kept.
    await studio.page.waitForTimeout(2000);
    expect(await registered()).toBe(0);
    release();
    await expect.poll(registered).toBe(1);
  });
});

describe.runIf(hasBrowser && everything)("a page of `fovea studio`", { timeout: 60_000 }, () => {
  const studio = pageForTests({ "given.json": '{"images":[]}' });

  it("keeps nothing of itself or of the session, and is not to be installed", async () => {
    const { page } = studio;
    await page.getByText("About this map").waitFor();
    // As long as it takes elsewhere.
    await page.waitForTimeout(2500);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
    expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
    expect(await page.locator("link[rel=manifest]").count()).toBe(0);
  });
});

describe.runIf(hasBrowser && everything)("an address where `fovea studio` begins", { timeout: 60_000 }, () => {
  const files: Record<string, string> = {};
  const studio = pageForTests(files);

  it("is answered by its server, not by what was kept of another page", async () => {
    const { page } = studio;
    await untilKept(page);
    files["index.html"] = "<!doctype html><title>the server's</title>";
    await page.goto(`${new URL("./", page.url()).href}?token=abc`);
    expect(await page.title()).toBe("the server's");
    await page.goto(new URL("./", page.url()).href);
    expect(await page.title()).toBe("the server's");
  });
});

describe.runIf(hasBrowser && everything)("a page that can be installed", { timeout: 60_000 }, () => {
  const studio = pageForTests();

  it("has a manifest that the browser takes, with icons of the sizes that it names", async () => {
    const { page } = studio;
    await page.locator("link[rel=manifest]").waitFor({ state: "attached" });
    const session = await page.context().newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { icons, display } = JSON.parse(data ?? "{}");
    expect(display).toBe("standalone");
    const sizes = await page.evaluate(
      (urls) =>
        Promise.all(
          urls.map(async (url) => {
            const { width, height } = await createImageBitmap(await (await fetch(url)).blob());
            return `${width}x${height}`;
          }),
        ),
      icons.slice(0, 2).map(({ src }: { src: string }) => src) as string[],
    );
    expect(sizes).toEqual(icons.slice(0, 2).map(({ sizes }: { sizes: string }) => sizes));
    await untilKept(page);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // Windows of tests are private ones, in which nothing is installed.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  });
});
