/** @file The studio in a real browser, for tests. */

import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type LaunchOptions, openBrowser, readDownload, type Site, serveFolder, type TestBrowser } from "./browser.js";

const built = fileURLToPath(new URL("../../../dist/studio", import.meta.url));

/** Milliseconds for whatever should be there: other work may hold up the machine. */
const patience = 50_000;

export interface StudioPage {
  readonly page: Page;
  /** Errors that nobody caught, and what was asked of other origins: both should stay empty. */
  readonly errors: readonly string[];
}

export interface OpenStudioOptions {
  /** After the page's address, e.g. `?provider=wasm#drawing=true`; with the digits where it names no sample. Default nothing. */
  readonly path?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly theme?: "light" | "dark";
  /** Returns as soon as the page is there; default after the first map. */
  readonly early?: boolean;
}

interface StartOptions extends LaunchOptions {
  /** Whether pages may compute on several threads. Default false. */
  readonly isolated?: boolean;
  /** The folder of the built page. Default: the package's. */
  readonly folder?: string;
}

/** Pages of a browser and a server for the tests of one file. */
export class StudioTests {
  readonly #browser: TestBrowser;
  readonly #site: Site;

  private constructor(browser: TestBrowser, site: Site) {
    this.#browser = browser;
    this.#site = site;
  }

  /** Not isolated from other origins, so that a page computes on one thread as all tests do; `fovea studio` is opened with threads. */
  static async start({ isolated = false, folder = built, ...options }: StartOptions = {}): Promise<StudioTests> {
    return new StudioTests(await openBrowser(options), await serveFolder(folder, { isolated }));
  }

  get url(): string {
    return this.#site.url;
  }

  async open(options: OpenStudioOptions = {}): Promise<StudioPage> {
    const { path = "", viewport = { width: 1440, height: 900 }, theme = "light", early = false } = options;
    // Without motion a map is drawn once, not faded in, so that a test sees when it is another.
    const context = await this.#browser.newContext({
      viewport,
      colorScheme: theme,
      acceptDownloads: true,
      reducedMotion: "reduce",
      // It would fetch the whole page once more, and keep what a test sends astray from the test.
      serviceWorkers: "block",
    });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("404")) errors.push(message.text());
    });
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== new URL(this.url).origin && !["blob:", "data:"].includes(protocol)) errors.push(request.url());
    });
    await page.goto(this.url + withDigits(path));
    if (!early) await firstMap(page);
    return { page, errors };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#site.close();
  }
}

/** Most tests know the digits. */
function withDigits(path: string): string {
  if (/[#&]sample=/.test(path)) return path;
  const [search, fragment] = path.split("#");
  return `${search}#${[fragment, "sample=digits"].filter(Boolean).join("&")}`;
}

/** A studio that is open for all tests of a suite, in whose callback this is called. */
export function studioForTests(options?: OpenStudioOptions, launch?: LaunchOptions) {
  const opened: { tests?: StudioTests; studio?: StudioPage } = {};
  beforeAll(async () => {
    opened.tests = await StudioTests.start(launch);
    opened.studio = await opened.tests.open(options);
  }, 60_000);
  afterAll(() => opened.tests?.close());
  return {
    get tests(): StudioTests {
      return opened.tests as StudioTests;
    },
    get page(): Page {
      return (opened.studio as StudioPage).page;
    },
    get errors(): readonly string[] {
      return (opened.studio as StudioPage).errors;
    },
    /** Opens files by the page's own button. */
    give: (...files: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]) =>
      (opened.studio as StudioPage).page.setInputFiles('input[aria-label="Open a model or images"]', files),
  };
}

/** Waits until the classes are there, and the map is drawn. */
export async function firstMap(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid="classes"] li');
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="heat"]');
    const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    return data?.some((value, i) => i % 4 === 3 && value > 0);
  });
}

/** A number that changes when the map on the stage does. */
export function heatChecksum(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="heat"]');
    const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum = (sum * 31 + (data[i] as number)) % 2147483647;
    return sum;
  });
}

/** Does something, and waits until the map on the stage is another. */
export async function untilHeatChanges(page: Page, action: () => Promise<unknown>): Promise<void> {
  const before = await heatChecksum(page);
  await action();
  const deadline = Date.now() + patience;
  while ((await heatChecksum(page)) === before) {
    if (Date.now() > deadline) throw new Error("the map on the stage did not change");
    await page.waitForTimeout(20);
  }
}

/** Waits until an element's text holds what is expected. */
export async function shows(element: Locator, text: string | RegExp): Promise<void> {
  const expected = expect.poll(() => element.innerText());
  await (typeof text === "string" ? expected.toContain(text) : expected.toMatch(text));
}

/** What the page saves of an explanation as JSON, as far as tests read it. */
export interface SavedExplanation {
  readonly method: string;
  readonly predicted: number;
  readonly layer: { readonly name: string };
  readonly scores: readonly { readonly score: number; readonly probability: number }[];
  readonly maps: readonly {
    readonly class: number;
    readonly width: number;
    readonly height: number;
    readonly values: readonly number[];
  }[];
}

/** Opens the panel of what can be saved of the map. */
export async function openSave(page: Page): Promise<void> {
  const save = page.getByRole("button", { name: "Save", exact: true });
  if ((await save.getAttribute("aria-expanded")) !== "true") await save.click();
}

export async function savedJson(page: Page): Promise<SavedExplanation> {
  await openSave(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Save as JSON/ }).click(),
  ]);
  return JSON.parse((await readDownload(download)).toString()) as SavedExplanation;
}

/** Of the first map, relative to the expected one's largest magnitude. */
export function largestDifference(
  { maps: [map] }: SavedExplanation,
  expected: { readonly width: number; readonly height: number; readonly values: Float32Array },
): number {
  if (map?.width !== expected.width || map.height !== expected.height) return Number.POSITIVE_INFINITY;
  const largest = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    expected.values.reduce((most, value, i) => Math.max(most, Math.abs(value - (map.values[i] as number))), 0) / largest
  );
}
