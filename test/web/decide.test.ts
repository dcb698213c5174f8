/** @file Decisions in Audit: thousands of images without a stall, doubtful labels, the queue with its keys, and the file that improve reads. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptedChanges } from "../../src/data/label-changes.js";
import { hasBrowser, readDownload } from "../support/browser/browser.js";
import { type StudioPage, StudioTests, shows } from "../support/browser/studio.js";
import { type DigitFile, digitFiles, writeFiles } from "../support/images/digit-folder.js";
import { composedProtocol } from "../support/protocols/composed-protocol.js";

const count = 3000;
/** Digits in the folder of the next digit. */
const misplaced = 8;

describe.skipIf(!hasBrowser)("decisions on many images", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;
  let folder: string;
  let files: readonly DigitFile[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fovea-decide-"));
    files = await digitFiles(count, (digit, i) => `${i < misplaced ? (digit + 1) % 10 : digit}/${i}.png`);
    writeFiles(join(folder, "digits"), files);
    tests = await StudioTests.start();
    studio = await tests.open({ path: "?provider=wasm#tab=data", early: true });
    page = studio.page;
    await page.getByText("500 drawn digits").waitFor();
    await page.getByLabel("Open a folder of images").setInputFiles(join(folder, "digits"));
    await page.getByText("3,000 images of digits").waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-label="Images classified"]') === null);
    await page.waitForFunction(() => !document.body.innerText.includes("Told once all images are classified"));
  }, 120_000);
  afterAll(async () => {
    await tests?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const tiles = () => page.locator("[data-picture]");
  const kind = (name: string) =>
    page.getByRole("list", { name: "Kinds of images" }).getByRole("button", { name: new RegExp(`^${name} `) });
  const counted = async (name: string) => Number.parseInt((await kind(name).innerText()).replace(/\D/g, ""), 10);
  const focused = () =>
    page.evaluate(() => {
      const item = document.activeElement?.closest("li");
      const at = (name: string) => Number(item?.getAttribute(name));
      return [at("aria-posinset"), at("aria-setsize")];
    });
  const foot = () => page.getByRole("group", { name: "Results" });
  const title = () => page.locator("article .file").innerText();

  async function saveChanges(): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save label changes" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("label-changes.csv");
    return new TextDecoder().decode(new Uint8Array(await readDownload(download)));
  }

  function accepted(text: string) {
    const labels = new Map(files.map(({ path }) => [path, path.split("/")[0]]));
    const classes = Array.from({ length: 10 }, (_, i) => String(i));
    return acceptedChanges(text, "label-changes.csv", { classes, labelOf: (path) => labels.get(path) });
  }

  it("has only the tiles in sight in the page, and keys lead through all of them", async () => {
    expect(await tiles().count()).toBeLessThan(300);
    await tiles().first().focus();
    await page.keyboard.press("End");
    await expect.poll(() => focused()).toEqual([count, count]);
    await expect.poll(() => tiles().last().isVisible()).toBe(true);
    expect(await tiles().count()).toBeLessThan(300);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => focused()).toEqual([count - 1, count]);
    await page.keyboard.press("PageUp");
    await expect.poll(async () => (await focused())[0]).toBeLessThan(count - 20);
    await page.keyboard.press("Home");
    await expect.poll(() => focused()).toEqual([1, count]);
  });

  it("is scrolled by the wheel as well", async () => {
    await page.mouse.move(1000, 600);
    await page.mouse.wheel(0, 20_000);
    const inSight = () =>
      page.evaluate(() => {
        const middle = document.elementFromPoint(innerWidth * 0.7, innerHeight / 2);
        return Number(middle?.closest("li")?.getAttribute("aria-posinset") ?? 0);
      });
    await expect.poll(() => inSight()).toBeGreaterThan(300);
    expect(await tiles().count()).toBeLessThan(300);
    await page.evaluate(() => window.scrollTo(0, 0));
  });

  it("has larger tiles by a slider, and the map where somebody points", async () => {
    const width = async () => (await tiles().first().boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByLabel("Size of the images").focus();
    await page.keyboard.press("End");
    await expect.poll(() => width()).toBeGreaterThan(1.5 * before);
    await page.keyboard.press("Home");
    const right = page.locator("[data-picture]:not(.wrong)").first();
    await right.scrollIntoViewIfNeeded();
    expect(await right.locator(".map").count()).toBe(0);
    await right.hover();
    await expect.poll(() => right.locator(".map").evaluate((map) => getComputedStyle(map).opacity)).toBe("1");
  });

  it("computes the maps of errors by itself, those of all on demand, and can be stopped", async () => {
    const errors = await counted("Wrong");
    await expect
      .poll(() => page.locator("#facet-border").innerText())
      .toMatch(new RegExp(`Maps of ${errors} of ${errors} errors, \\d+ of 3,000 images`));
    await page.getByRole("button", { name: "Compute all maps" }).click();
    await page.getByRole("button", { name: "Stop the maps" }).click();
    await page.getByRole("button", { name: "Compute all maps" }).waitFor();
  });

  it("counts errors and doubtful labels in a bar that is always in sight", async () => {
    const [errors, doubtful] = [await counted("Wrong"), await counted("Label doubtful")];
    expect(doubtful).toBeGreaterThan(3);
    expect(errors).toBeGreaterThan(doubtful);
    await shows(foot(), `${errors} errors · ${doubtful} doubtful labels`);
    await page.evaluate(() => window.scrollTo(0, 5000));
    const box = await foot().boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
    await page.evaluate(() => window.scrollTo(0, 0));
  });

  describe("the queue", () => {
    it("begins with the doubtful labels, and 1, 2, 3 decide and go on to the next", async () => {
      const doubtful = await counted("Label doubtful");
      await shows(page.getByRole("list", { name: "What to do next" }), `${doubtful} labels are doubtful`);
      await page.getByRole("button", { name: "Decide", exact: true }).click();
      await page.locator("article .pill", { hasText: "label doubtful" }).waitFor();
      const seen = [await title()];
      const address = await page.evaluate(() => location.hash);
      for (const key of ["1", "2", "3"]) {
        await page.keyboard.press(key);
        await expect.poll(() => title()).not.toBe(seen.at(-1));
        seen.push(await title());
      }
      expect(new Set(seen).size).toBe(4);
      await shows(foot(), "3 labels decided");
      // The keys lead to no other tab.
      expect(await page.evaluate(() => location.hash)).toBe(address);
    });

    it("is read by the reader of improve, with the class that was chosen", async () => {
      const chosen = page.getByLabel("Right class");
      const proposed = await chosen.inputValue();
      const classes = await chosen.locator("option").allInnerTexts();
      const other = classes.find((each) => each !== proposed) as string;
      const path = (await title()).split(",")[0]?.replace(/^digits\//, "") ?? "";
      await chosen.selectOption(other);
      await expect
        .poll(() => page.getByRole("button", { name: "label wrong" }).getAttribute("aria-pressed"))
        .toBe("true");
      const text = await saveChanges();
      const changes = accepted(text);
      expect(changes.map(({ verdict }) => verdict)).toEqual(["label wrong", "label wrong"]);
      expect(changes).toContainEqual({ path, old: path.split("/")[0], new: other, verdict: "label wrong" });
      expect(text.split("\r\n").filter((row) => row.endsWith("model wrong"))).toHaveLength(1);
      expect(text.split("\r\n").filter((row) => row.endsWith("unclear"))).toHaveLength(1);
      expect(text.trimEnd().split("\r\n")).toHaveLength(1 + (await counted("Label doubtful")));
    });

    it("takes a decision back by the same key, and the last one by a button", async () => {
      await page.getByRole("button", { name: "Back to all images" }).click();
      await kind("Decided").click();
      await expect.poll(() => tiles().count()).toBe(4);
      const badges = () => page.locator("[data-picture] .decided").allInnerTexts();
      expect((await badges()).sort()).toEqual(["label wrong", "label wrong", "model wrong", "unclear"]);
      await kind("Wrong").click();
      await page.locator("[data-picture]", { hasText: "unclear" }).focus();
      await page.keyboard.press("3");
      await shows(foot(), "3 labels decided");
      await page.getByRole("button", { name: "Undo decision" }).click();
      await shows(foot(), "2 labels decided");
    });

    it("works in the grid, where the focus goes to the next, and not while somebody writes", async () => {
      const before = await counted("Decided");
      await page.getByLabel("Name").focus();
      await page.keyboard.press("1");
      expect(await page.getByLabel("Name").inputValue()).toBe("1");
      expect(await counted("Decided")).toBe(before);
      await page.getByLabel("Name").fill("");
      await kind("Wrong").click();
      await kind("Wrong").click();
      const first = page.locator("[data-picture].wrong:not(:has(.decided))").first();
      await first.focus();
      const id = await first.getAttribute("data-picture");
      await page.keyboard.press("2");
      await expect.poll(() => page.locator(`[data-picture="${id}"] .decided`).innerText()).toBe("model wrong");
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.querySelector(".decided") === null))
        .toBe(true);
      expect(await page.evaluate(() => document.activeElement?.classList.contains("wrong"))).toBe(true);
    });

    it("says how wrong labels come into the model", async () => {
      await shows(
        page.getByRole("list", { name: "What to do next" }),
        /fovea improve mnist\.onnx digits --accept label-changes\.csv --out better\.onnx/,
      );
    });
  });

  it("saves a report with its progress, which can be stopped, while the page is used", async () => {
    await page.getByRole("button", { name: "Save report" }).click();
    const progress = page.getByLabel("Images explained for the report");
    await expect.poll(() => progress.evaluate((bar) => (bar as HTMLProgressElement).value)).toBeGreaterThan(0);
    expect(await progress.getAttribute("max")).toBe(String(count));
    await kind("Wrong").click();
    await tiles().first().click();
    await page.waitForSelector('article[aria-busy="false"]');
    await page.getByRole("button", { name: "Back to all images" }).click();
    await page.getByRole("button", { name: "Stop the report" }).click();
    await page.getByRole("button", { name: "Save report" }).waitFor();
  });

  it("says beside a repair that labels come first, and leads back to them with the decisions kept", async () => {
    const before = await foot().innerText();
    const buffer = Buffer.from(JSON.stringify(composedProtocol));
    await page.setInputFiles('input[aria-label="Open a model or images"]', {
      ...{ name: "better.onnx.improve.json", mimeType: "application/json", buffer },
    });
    const steps = page.getByRole("list", { name: "What to do next" }).getByRole("listitem");
    await shows(steps.first(), /Fix the labels first: \d+ labels of the open images are doubtful or wrong/);
    await shows(steps.first(), "fovea improve model.onnx DATA --accept label-changes.csv --out better.onnx");
    await page.getByRole("link", { name: "Decide on the labels of the open images" }).click();
    await shows(foot(), before.split("\n")[0] ?? "");
    expect(studio.errors).toEqual([]);
  });
});
