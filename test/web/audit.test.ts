/** @file Pictures in Audit: folders of images, what the model makes of them, and what can be saved of that. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpy } from "../../src/data/npy.js";
import { proportion } from "../../src/evaluate/statistics/proportion.js";
import type { Explanation } from "../../src/explain/explanation.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { displayMapOf, mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import { floats, Tensor } from "../../src/onnx/tensor.js";
import { hasBrowser, readDownload } from "../support/browser/browser.js";
import { type StudioPage, StudioTests, shows } from "../support/browser/studio.js";
import { type DigitFile, digitFiles, writeFiles } from "../support/images/digit-folder.js";
import { runtime } from "../support/runtime.js";

const hostile = "<img src=x onerror=alert(1)>.png";
/** Digits that lie in the folder of the next digit: at least so many are errors. */
const misplaced = 4;
const count = 90;

interface Said {
  readonly file: DigitFile;
  /** Of the folder. */
  readonly truth: number;
  readonly predicted: number;
  readonly confidence: number;
}

describe.skipIf(!hasBrowser)("the studio's data", { timeout: 60_000 }, () => {
  let tests: StudioTests;
  let studio: StudioPage;
  let page: Page;
  let folder: string;
  let model: LoadedModel;
  let said: Said[];
  const dialogs: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fovea-data-"));
    model = await loadModel(undefined, { runtime });
    const files = await digitFiles(count, (digit, i) =>
      i < misplaced ? `${(digit + 1) % 10}/${i}.png` : i === misplaced ? `${digit}/${hostile}` : `${digit}/${i}.png`,
    );
    writeFiles(join(folder, "digits"), files);
    said = await classified(files);
    const [first] = files;
    writeFiles(join(folder, "digits"), [{ path: "0/cut short.png", bytes: (first as DigitFile).bytes.slice(0, 90) }]);
    tests = await StudioTests.start();
    studio = await tests.open({ path: "?provider=wasm#tab=data", early: true });
    page = studio.page;
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      dialog.dismiss();
    });
  }, 60_000);
  afterAll(async () => {
    await tests?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function classified(files: readonly DigitFile[]): Promise<Said[]> {
    const explainer = await model.explainer();
    const all: Said[] = [];
    for (const file of files) {
      const { input } = await model.readImage(file.bytes);
      const row = floats(await explainer.classify(input));
      const confidence = Math.max(...row);
      const truth = Number(file.path.split("/")[0]);
      all.push({ file, truth, predicted: row.indexOf(confidence), confidence });
    }
    await explainer.close();
    return all;
  }

  const thumbnails = () => page.locator("[data-picture]");
  /** How many the grid has, in sight or not. */
  const images = async () =>
    Number.parseInt((await page.getByRole("list", { name: /^[\d,]+ images$/ }).getAttribute("aria-label")) ?? "0", 10);
  const kind = (name: string) =>
    page.getByRole("list", { name: "Kinds of images" }).getByRole("button", { name: new RegExp(`^${name} `) });
  const wrong = () => said.filter(({ truth, predicted }) => truth !== predicted);
  const openFolder = (path: string) => page.getByLabel("Open a folder of images").setInputFiles(path);
  const settled = (text: RegExp) =>
    page.waitForFunction(
      (source) =>
        new RegExp(source).test(document.body.innerText) &&
        document.querySelector('[aria-label="Images classified"]') === null,
      text.source,
    );
  /** What is shown then are drawn digits. */
  async function closeImages() {
    await page.getByRole("button", { name: "Close these images" }).click();
    await settled(/500 drawn digits/);
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const showAll = () => page.getByRole("button", { name: "Show all" }).click();

  /** What is saved by a click on the button of that name. */
  async function saved(name: RegExp): Promise<{ name: string; bytes: Uint8Array }> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return { name: download.suggestedFilename(), bytes: new Uint8Array(await readDownload(download)) };
  }

  it("draws digits where nothing is open, and measures the model on them", async () => {
    // What comes up before they are there is no invitation to open something.
    await page.addInitScript(() => {
      const look = () => {
        if (document.querySelector("section .empty")) Object.assign(globalThis, { invited: true });
      };
      Object.assign(globalThis, { invited: false });
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await settled(/500 drawn digits/);
    expect(await page.evaluate("invited")).toBe(false);
    const expected = (await classified(await digitFiles(500))).filter(({ truth, predicted }) => truth === predicted);
    const { low, high } = proportion(expected.length, 500);
    const accuracy = `${expected.length} of 500 right; 95 % interval ${percent(low)} to ${percent(high)}`;
    await shows(page.locator(".panel", { hasText: "Accuracy" }), accuracy);
    await expect.poll(() => images()).toBe(500);
  });

  it("takes up a folder, tells right from wrong as Node does, and what cannot be read", async () => {
    await openFolder(join(folder, "digits"));
    await settled(/91 images of digits/);
    expect(wrong().length).toBeGreaterThanOrEqual(misplaced);
    await shows(page.locator(".panel", { hasText: "Accuracy" }), `${count - wrong().length} of ${count} right`);
    await page.getByText("1 image could not be read").click();
    await expect.poll(() => page.locator(".broken").innerText()).toContain("cut short.png: image: expected a picture");
    for (const { truth, predicted } of wrong()) {
      const images = wrong().filter((each) => each.truth === truth && each.predicted === predicted).length;
      const cell = `${truth} taken for ${predicted}: ${images} ${images === 1 ? "image" : "images"}`;
      await expect.poll(() => page.getByRole("button", { name: cell }).count()).toBe(1);
    }
  });

  it("shows names with HTML in them as text", async () => {
    await page.getByLabel("Name").fill("onerror");
    await expect.poll(() => thumbnails().count()).toBe(1);
    await expect.poll(() => thumbnails().getAttribute("title")).toContain(hostile);
    await thumbnails().click();
    await expect.poll(() => page.locator("article .file").innerText()).toContain(hostile);
    await page.keyboard.press("Escape");
    await showAll();
    expect(dialogs).toEqual([]);
  });

  it("filters by verdict, class, confidence and name, and orders by confidence", async () => {
    await kind("Right").click();
    await expect.poll(() => images()).toBe(count - wrong().length);
    await kind("Wrong").click();
    await expect.poll(() => thumbnails().count()).toBe(wrong().length);
    await shows(kind("Wrong"), String(wrong().length));
    await showAll();
    const [surest] = [...wrong()].sort((a, b) => b.confidence - a.confidence) as [Said];
    await expect.poll(() => thumbnails().first().getAttribute("title")).toBe(`digits/${surest.file.path}`);
    await page.getByLabel("True class").selectOption("4");
    await expect.poll(() => thumbnails().count()).toBe(said.filter(({ truth }) => truth === 4).length);
    await showAll();
    await page.getByLabel("Predicted").selectOption("7");
    await expect.poll(() => thumbnails().count()).toBe(said.filter(({ predicted }) => predicted === 7).length);
    await showAll();
    await page.getByLabel("Highest confidence in percent").fill("99");
    await page.getByLabel("Highest confidence in percent").blur();
    const unsure = said.filter(({ confidence }) => 100 * confidence <= 99);
    await expect.poll(() => thumbnails().count()).toBe(unsure.length);
    await page.getByLabel("Order").selectOption("least sure first");
    const least = unsure.reduce((a, b) => (a.confidence < b.confidence ? a : b));
    await expect.poll(() => thumbnails().first().getAttribute("title")).toBe(`digits/${least.file.path}`);
    await page.getByLabel("Order").selectOption("errors first");
    await showAll();
  });

  it("shows a cell of the confusion matrix by click and by keys", async () => {
    const { truth, predicted } = wrong()[0] as Said;
    const cell = page.getByRole("button", { name: `${truth} taken for ${predicted}:` });
    await cell.click();
    await expect.poll(() => cell.getAttribute("aria-pressed")).toBe("true");
    const same = said.filter((each) => each.truth === truth && each.predicted === predicted);
    await expect.poll(() => thumbnails().count()).toBe(same.length);
    await cell.click();
    await expect.poll(() => images()).toBe(count);
    await page.getByRole("button", { name: "0 taken for 0:" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const both = said.filter((each) => each.truth === 1 && each.predicted === 1);
    await expect.poll(() => thumbnails().count()).toBe(both.length);
    await showAll();
  });

  describe("an error", () => {
    let error: Said;
    let explanation: Explanation;
    let size: { width: number; height: number };
    let box: Awaited<ReturnType<LoadedModel["readImage"]>>["box"];
    const shown = () => page.waitForSelector('article[aria-busy="false"] [aria-label="Save this explanation"]');

    beforeAll(async () => {
      error = wrong()[0] as Said;
      const read = await model.readImage(error.file.bytes);
      const explainer = await model.explainer();
      explanation = await explainer.explain(read.input, { classes: [error.predicted, error.truth] });
      await explainer.close();
      [size, box] = [read.picture, read.box];
    });

    it("is shown with the maps of both classes and their difference, neighbours by keys", async () => {
      await kind("Wrong").click();
      await page.locator(`[title="digits/${error.file.path}"]`).click();
      await shown();
      await shows(page.locator("article h3"), `${error.truth} taken for ${error.predicted}`);
      const alts = await page
        .locator("article img")
        .evaluateAll((all) => all.map((each) => (each as HTMLImageElement).alt));
      expect(alts).toEqual([
        "The image",
        `Map for ${error.predicted} over the image`,
        `Map for ${error.truth} over the image`,
        "The first map minus the second",
      ]);
      const peak = Math.max(...[0, 1].flatMap((k) => [...mapOf(explanation, 0, k).values]));
      await expect.poll(() => page.locator("article .scales").innerText()).toContain(peak.toPrecision(3));
      const place = () => page.locator("article .steps .number").innerText();
      const before = await place();
      await page.keyboard.press(before.startsWith("1 of") ? "ArrowRight" : "ArrowLeft");
      await expect.poll(() => place()).not.toBe(before);
      await page.keyboard.press(before.startsWith("1 of") ? "ArrowLeft" : "ArrowRight");
      await expect.poll(() => place()).toBe(before);
      await shown();
    });

    it("is saved as a PNG and as an SVG", async () => {
      const svg = await saved(/Save as SVG/);
      expect(svg.name).toMatch(/^\d+\.fovea\.svg$/);
      const drawn = await page.evaluate((text) => {
        const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
        return {
          root: root.tagName,
          width: Number(root.getAttribute("width")),
          height: Number(root.getAttribute("height")),
          images: root.querySelectorAll("image").length,
        };
      }, new TextDecoder().decode(svg.bytes));
      expect(drawn).toMatchObject({ root: "svg", images: 7 });
      const png = await decodeImage((await saved(/Save as PNG/)).bytes);
      // Sharp on screens, and in one shape.
      expect(png.width / drawn.width).toBeGreaterThanOrEqual(1.5);
      expect(png.width / drawn.width).toBeCloseTo(png.height / drawn.height, 1);
      expect(new Set(png.pixels).size).toBeGreaterThan(20);
    });

    it("is saved as numbers: those of the page, and Node's", async () => {
      const { bytes } = await saved(/Save as JSON/);
      const json = JSON.parse(new TextDecoder().decode(bytes));
      expect(json).toMatchObject({
        model: "mnist.onnx",
        image: { name: `digits/${error.file.path}`, ...{ width: 28, height: 28 } },
        method: "grad-cam",
        predicted: error.predicted,
        box,
      });
      const probability = json.scores[error.predicted].probability;
      const text = await page.locator("article dl").innerText();
      expect(text).toContain(probability === 1 ? "100 %" : probability > 0.9995 ? "> 99.9 %" : percent(probability));
      await expect.poll(() => page.locator("article").innerText()).toContain(json.layer.name);
      for (const [k, map] of json.maps.entries()) {
        const { values } = mapOf(explanation, 0, k);
        expect(Math.max(...values.map((value, i) => Math.abs(value - map.values[i])))).toBeLessThan(1e-4);
      }
    });

    it("is saved as an array that equals Node's", async () => {
      const npy = readNpy((await saved(/Save as npy/)).bytes, "saved");
      expect(npy.dims).toEqual(explanation.maps.dims);
      const values = floats(npy);
      expect(
        Math.max(...floats(explanation.maps).map((value, i) => Math.abs(value - (values[i] as number)))),
      ).toBeLessThan(1e-4);
    });

    it("is saved as a model that draws the same map in Node", async () => {
      const { name, bytes } = await saved(/Save as explained.onnx/);
      expect(name).toBe("mnist.explained.onnx");
      const session = await runtime.open(bytes);
      const { pixels, width, height } = await decodeImage(error.file.bytes);
      const image = new Tensor("uint8", [1, height, width, 3], pixels);
      const { heatmap, heatmap_classes: classes } = await session.run({ image });
      await session.close();
      expect(Number((classes as Tensor).data[0])).toBe(error.predicted);
      const expected = displayMapOf(explanation, 0, 0, { ...size, box }).values;
      const map = floats(heatmap as Tensor);
      expect(map.length).toBe(expected.length);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - (map[i] as number))))).toBeLessThan(1e-4);
    });

    it("is looked at alone, and is still open afterwards", async () => {
      await page.getByRole("button", { name: "Look closer" }).click();
      await page.waitForSelector('[data-testid="classes"] li');
      const chosen = page.locator('[data-testid="pictures"] button[aria-pressed="true"]');
      await expect.poll(() => chosen.getAttribute("aria-label")).toBe(`digits/${error.file.path}`);
      await page.evaluate(() => {
        location.hash = "tab=data";
      });
      await settled(/91 images of digits/);
    });
  });

  it("saves the report of the command line, which opens by itself", async () => {
    const { name, bytes } = await saved(/Save report/);
    expect(name).toBe("mnist on digits.html");
    const html = new TextDecoder().decode(bytes);
    const reader = await tests.open({ early: true });
    await reader.page.route("**/report.html", (route) => route.fulfill({ body: html, contentType: "text/html" }));
    await reader.page.goto(`${tests.url}report.html`);
    expect(await reader.page.title()).toContain("mnist on digits");
    const text = await reader.page.locator("body").innerText();
    expect(text).toContain(percent((count - wrong().length) / count).replace(" %", ""));
    expect(text).toContain("fovea report mnist.onnx digits --split all --out report.html");
    await expect.poll(() => reader.page.locator("#errors .card").count()).toBe(wrong().length);
    expect(reader.errors).toEqual([]);
  });

  it("has nothing that shuts anybody out", async () => {
    const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    const serious = async () =>
      (
        await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
          `(() => { const module = undefined; ${axe}; return axe.run(); })()`,
        )
      ).violations.flatMap(({ id, impact, nodes }) =>
        ["serious", "critical"].includes(impact) ? [`${id}: ${nodes[0]?.html}`] : [],
      );
    expect(await serious()).toEqual([]);
    await thumbnails().first().click();
    await page.waitForSelector('article [aria-label="Save this explanation"]');
    expect(await serious()).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("stops, explains meanwhile, and goes on where it was", async () => {
    const side = 700;
    const large = await encodePng({ width: side, height: side, channels: 1, pixels: new Uint8Array(side * side) });
    const many = Array.from({ length: 80 }, (_, i) => ({ path: `${i % 3}/${i}.png`, bytes: large }));
    writeFiles(join(folder, "many"), many);
    await closeImages();
    await openFolder(join(folder, "many"));
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
    const done = () => page.locator(".state .number").first().innerText();
    const before = await done();
    expect(before).toMatch(/^\d+ of 80$/);
    expect(Number.parseInt(before, 10)).toBeLessThan(80);
    await page.getByRole("button", { name: "Go on" }).click();
    await thumbnails().first().click();
    await page.waitForSelector('article [aria-label="Save this explanation"]');
    await page.getByRole("button", { name: "Back to all images" }).click();
    await settled(/80 images of many/);
    await expect.poll(() => page.locator(".panel", { hasText: "Accuracy" }).innerText()).toContain("of 80 right");
  });

  it("gives predictions only where the folders are no classes of the model, and says why", async () => {
    const files = await digitFiles(6, (digit, i) =>
      `${i < 3 ? "<b>bold</b>" : "two"}/${digit}-${i}.png`.replace("</b>", "<b>"),
    );
    writeFiles(join(folder, "others"), files);
    await closeImages();
    await openFolder(join(folder, "others"));
    await settled(/6 images of others/);
    await shows(page.getByRole("note"), /Predictions only.*expected names for <b>bold<b>, two/);
    await expect.poll(() => page.getByText("Accuracy").count()).toBe(0);
    await expect.poll(() => page.getByRole("button", { name: "Save report" }).isDisabled()).toBe(true);
    await page
      .getByRole("button", { name: /^[0-9] [0-9]+$/ })
      .first()
      .click();
    await expect.poll(() => thumbnails().count()).toBeLessThan(6);
    await closeImages();
  });

  it("asked nothing of other origins, and left no error", () => {
    expect(studio.errors).toEqual([]);
  });
});
