/** @file `<fovea-heatmap>` in a real browser: pixels, readings, models in the page, errors, accessibility. */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { compileExplanation } from "../../src/explain/compile.js";
import { displayMapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { random } from "../../src/foundation/random.js";
import { formatNumber } from "../../src/image/figure/format-number.js";
import { withoutWeak } from "../../src/image/map/emphasis.js";
import { type FloatMap, normalizeMap } from "../../src/image/map/heatmap.js";
import { overlay } from "../../src/image/map/overlay.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import type { Picture } from "../../src/image/picture/picture.js";
import { type Box, enlargePixels, placeMap, resizeMap } from "../../src/image/picture/resize.js";
import { writeModel } from "../../src/onnx/write.js";
import { fovea } from "../cli/fovea.js";
import { hasBrowser } from "../support/browser/browser.js";
import { runtime } from "../support/runtime.js";
import { type Bench, bundled, type ElementPage, openBench, show, until, weight } from "./page.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const size = { width: 96, height: 64 };
const { uniform } = random(7);
const photo: Picture = {
  ...size,
  channels: 3,
  pixels: Uint8Array.from({ length: 96 * 64 * 3 }, () => 256 * uniform()),
};
const map: FloatMap = { width: 7, height: 5, values: Float32Array.from({ length: 35 }, () => 2 * uniform() - 0.6) };
const data = JSON.stringify({ width: map.width, height: map.height, values: [...map.values] });
const natural = 'class="natural"';

/** Where the maps of a page are most opaque, as shares of width and height: the middle of what is within a twentieth of it. */
const strongestPlaces = `[...document.querySelectorAll("fovea-heatmap")].map((element) => {
  const map = element.shadowRoot.querySelector(".map");
  const { width, height } = map;
  const { data } = map.getContext("2d").getImageData(0, 0, width, height);
  const light = (i) => data[4 * i] + data[4 * i + 1] + data[4 * i + 2];
  const all = Array.from({ length: width * height }, (_, i) => i);
  const top = Math.max(...all.map(light));
  const bright = all.filter((i) => light(i) > 0.95 * top);
  const mean = (of) => bright.reduce((sum, i) => sum + of(i), 0) / bright.length;
  return [mean((i) => (i % width) / width), mean((i) => Math.floor(i / width) / height)];
})`;

describe.skipIf(!hasBrowser)("<fovea-heatmap>", { timeout: 60_000 }, () => {
  let bench: Bench;
  let page: ElementPage;

  beforeAll(async () => {
    bench = await openBench();
    bench.files["photo.png"] = await encodePng(photo);
    bench.files["map.json"] = data;
    page = await bench.open();
  }, 60_000);

  afterAll(async () => {
    await bench?.close();
  });

  const reading = () => page.locator("fovea-heatmap .bubble").innerText();
  const hint = () => page.locator("fovea-heatmap .hint").innerText();
  const stage = () => page.getByRole("application");

  describe("paints what overlay() does", () => {
    const box: Box = { x: 10.5, y: 4, width: 60, height: 50 };
    const shares = (threshold: number, signed = false) => {
      const peak = Math.max(...map.values.map((value) => (signed ? Math.abs(value) : value)));
      return normalizeMap(withoutWeak(map, peak, { threshold }), { signed });
    };

    it.each<[string, () => Picture]>([
      ["", () => overlay(photo, shares(0))],
      [
        'opacity="0.4" colormap="viridis" threshold="0.5"',
        () => overlay(photo, shares(0.5), { opacity: 0.4, colormap: "viridis" }),
      ],
      ["signed", () => overlay(photo, shares(0, true), { colormap: "rdbu_r" })],
      ['box="10.5 4 60 50"', () => overlay(photo, placeMap(shares(0), box, 96, 64))],
      ["map-hidden", () => photo],
    ])("with %s", async (attributes, expected) => {
      await show(page, `<fovea-heatmap src="photo.png" map="map.json" ${natural} ${attributes}></fovea-heatmap>`);
      await page.mouse.move(600, 500);
      const shown = await decodeImage(await stage().screenshot({ animations: "disabled" }));
      expect([shown.width, shown.height]).toEqual([96, 64]);
      const { pixels } = expected();
      const worst = shown.pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - (pixels[i] as number))), 0);
      expect(worst).toBeLessThanOrEqual(2);
    });

    it("at the resolution of the screen", async () => {
      const sharp = await bench.open({ deviceScaleFactor: 2 });
      await show(sharp, '<fovea-heatmap src="photo.png" map="map.json" class="wide"></fovea-heatmap>');
      const canvas = `document.querySelector("fovea-heatmap").shadowRoot.querySelector(".map")`;
      expect(await sharp.evaluate(`[${canvas}.width, ${canvas}.height]`)).toEqual([300, 200]);
      await sharp.locator("fovea-heatmap").evaluate((element) => element.style.setProperty("width", "60px"));
      await until(sharp, `${canvas}.width === 120`);
      await sharp.context().close();
    });
  });

  describe("reads values", () => {
    /** What should stand there for a pixel. */
    const expectedAt = (x: number, y: number) => {
      const value = resizeMap(map, 96, 64).values[96 * y + x] as number;
      const share = Math.max(0, value / Math.max(...map.values));
      const pixel = [...photo.pixels.subarray(3 * (96 * y + x), 3 * (96 * y + x) + 3)].join(" ");
      return `${Math.round(100 * share)} % of the peak, ${formatNumber(value)} x ${x}, y ${y}, pixel ${pixel}`;
    };

    it("under the mouse, and teaches that where there is none", async () => {
      await show(page, `<fovea-heatmap src="photo.png" map="map.json" ${natural}></fovea-heatmap>`);
      expect(await hint()).toContain("Point at the image to read values.");
      for (const [x, y] of [
        [30, 20],
        [0, 63],
        [95, 0],
      ] as const) {
        await stage().hover({ position: { x: x + 0.5, y: y + 0.5 } });
        expect((await reading()).replaceAll(/\s*\n\s*/g, " ")).toBe(expectedAt(x, y));
      }
      await page.mouse.move(600, 500);
      expect(await hint()).toContain("Point at the image to read values.");
    });

    it("by keys, aloud", async () => {
      await show(page, `<fovea-heatmap src="photo.png" map="map.json" ${natural} alt="Noise"></fovea-heatmap>`);
      await page.keyboard.press("Tab");
      const top = map.values.indexOf(Math.max(...map.values));
      const [x, y] = [Math.floor((((top % 7) + 0.5) / 7) * 96), Math.floor(((Math.floor(top / 7) + 0.5) / 5) * 64)];
      const spoken = () => page.locator("fovea-heatmap #spoken").innerText();
      expect(await spoken()).toContain(`x ${x}, y ${y}, pixel `);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Shift+ArrowDown");
      expect(await spoken()).toContain(`x ${Math.max(0, x - 3)}, y ${Math.min(63, y + 1)},`);
      for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowRight");
      expect(await spoken()).toContain("x 95,");
      await page.keyboard.press("Home");
      expect(await spoken()).toContain(`x ${x}, y ${y},`);
      await page.keyboard.press("Space");
      expect(await page.locator("fovea-heatmap").getAttribute("map-hidden")).toBe("");
      expect(await page.locator("canvas.map").isVisible()).toBe(false);
      expect(await spoken()).toContain(`x ${x}, y ${y},`);
      await page.keyboard.press("Space");
      expect(await page.locator("canvas.map").isVisible()).toBe(true);
      await page.keyboard.press("Escape");
      expect(await spoken()).toBe("");
      expect(await stage().getAttribute("aria-label")).toBe("Noise");
    });

    it("says where the network saw nothing", async () => {
      await show(page, `<fovea-heatmap src="photo.png" map="map.json" box="0 0 64 64" ${natural}></fovea-heatmap>`);
      await stage().hover({ position: { x: 80, y: 10 } });
      expect(await reading()).toContain("not seen by the network");
    });
  });

  it("has controls that change its attributes, by mouse and by keys", async () => {
    await show(page, `<fovea-heatmap src="photo.png" map="map.json" controls></fovea-heatmap>`);
    const element = page.locator("fovea-heatmap");
    await page.getByLabel("Opacity").fill("0.25");
    expect(await element.getAttribute("opacity")).toBe("0.25");
    expect(await page.locator("canvas.map").evaluate((canvas) => canvas.style.opacity)).toBe("0.25");
    await page.getByLabel("Colours").selectOption("viridis");
    expect(await element.getAttribute("colormap")).toBe("viridis");
    const toggle = page.getByRole("button", { name: "Map" });
    await toggle.focus();
    await page.keyboard.press("Enter");
    expect(await toggle.getAttribute("aria-pressed")).toBe("false");
    expect(await page.locator("canvas.map").isVisible()).toBe(false);
  });

  it("shows numbers of the page's own, assigned before or after it was defined", async () => {
    const html = '<fovea-heatmap src="photo.png"></fovea-heatmap>';
    const seen = await show(page, html, "element.map = { values: [[0, 1], [3, 2]], label: '<b>cat</b>', peak: 4 }");
    expect(seen).toEqual({
      type: "fovea-load",
      peak: 4,
      label: "<b>cat</b>",
      width: 2,
      height: 2,
      values: [0, 1, 3, 2],
    });
    expect(await page.locator("fovea-heatmap .name").innerText()).toBe("<b>cat</b>");
    const early = `const plain = document.createElement("template");
      plain.innerHTML = '<fovea-heatmap src="photo.png"></fovea-heatmap>';
      const other = plain.content.firstChild;
      other.map = { values: [[7]] };
      element.replaceWith(other);`;
    expect((await show(page, html, early)).values).toEqual([7]);
  });

  it("follows its attributes, cleans up when it is removed, and comes back", async () => {
    await show(page, '<fovea-heatmap src="photo.png" map="map.json"></fovea-heatmap>');
    bench.files["other.json"] = "[[1, 2, 3]]";
    const changed = await show(
      page,
      '<fovea-heatmap src="photo.png" map="map.json"></fovea-heatmap>',
      `
      element.setAttribute("map", "map.json");
      element.setAttribute("map", "other.json");`,
    );
    expect(changed.values).toEqual([1, 2, 3]);
    expect(await page.evaluate("seen.length")).toBe(1);
    const left = await page.evaluate(`(() => {
      globalThis.kept = document.querySelector("fovea-heatmap");
      kept.remove();
      return kept.shadowRoot.querySelector(".map").width;
    })()`);
    expect(left).toBe(0);
    await page.evaluate(`seen.length = 0; document.querySelector("main").append(kept)`);
    await until(page, "seen.length === 1");
    expect(await page.locator("canvas.map").isVisible()).toBe(true);
  });

  it("says that a map is zero everywhere", async () => {
    await show(page, '<fovea-heatmap src="photo.png"></fovea-heatmap>', "element.map = { values: [[0, -1]] }");
    expect(await hint()).toBe("The map is zero everywhere: nothing spoke for this.");
  });

  describe("tells in a sentence", () => {
    it.each([
      ['src="gone.png" map="map.json"', "gone.png: expected an image that this browser can show"],
      ['src="map.json" map="map.json"', "map.json: expected an image that this browser can show"],
      ['src="photo.png" map="gone.json"', "gone.json: expected a file, got HTTP status 404"],
      ['src="photo.png" map="photo.png"', "photo.png: expected JSON or an .npy array"],
      ['src="photo.png" map="data:application/json,[[1,null]]"', "row 0, column 1: expected a finite number, got NaN"],
      ['src="photo.png" map="map.json" opacity="2"', 'opacity: expected 0 to 1, got "2"'],
      ['src="photo.png" map="map.json" threshold="x"', 'threshold: expected 0 to 1, got "x"'],
      ['src="photo.png" map="map.json" colormap="viridi"', 'unknown colour map "viridi": expected one of viridis'],
      ['src="photo.png" map="map.json" colormap="rdbu_r"', "colormap: expected a sequential one"],
      ['src="photo.png" map="map.json" box="1 2 3"', "box: expected x, y, width and height in pixels"],
      ['src="photo.png" model="photo.png"', "photo.png: not a readable ONNX file"],
      ['src="photo.png" model="plain.onnx"', "plain.onnx: expected a model that fovea compile --image wrote"],
      ['src="photo.png" model="gone.onnx"', "gone.onnx: expected a file, got HTTP status 404"],
    ])("what is wrong with %s", async (attributes, sentence) => {
      bench.files["plain.onnx"] = readFileSync(join(root, "models/mnist.onnx"));
      const seen = await show(page, `<fovea-heatmap ${attributes}></fovea-heatmap>`);
      expect(seen.type).toBe("fovea-error");
      expect(seen.message).toContain(sentence);
      expect(await page.getByRole("alert").innerText()).toBe(seen.message);
      expect(await page.evaluate("seen.length")).toBe(1);
    });

    it("and goes on when that is mended", async () => {
      await show(page, '<fovea-heatmap src="photo.png" map="map.json" opacity="2"></fovea-heatmap>');
      await page.evaluate(`document.querySelector("fovea-heatmap").setAttribute("opacity", "1")`);
      expect(await page.getByRole("alert").isVisible()).toBe(false);
      expect(await page.locator("canvas.map").isVisible()).toBe(true);
    });
  });

  describe("with a compiled model", () => {
    let digit: Picture;

    beforeAll(async () => {
      const { pixels } = drawDigits({ seed: 5, train: 1, test: 1 }).test;
      const grey: Picture = { width: 28, height: 28, channels: 1, pixels: pixels.slice(0, 784) };
      digit = enlargePixels(grey, 3);
      const model = await loadModel(undefined, { runtime });
      bench.files["photo.jpg"] = await encodePng(digit);
      bench.files["explained.onnx"] = writeModel(compileExplanation(model, { image: true, choose: true, classes: 2 }));
      for (const [name, bytes] of Object.entries(bench.files)) writeFileSync(join(bench.folder, name), bytes);
    });

    async function expected(wanted: number | "predicted"): Promise<FloatMap> {
      const model = await loadModel(undefined, { runtime });
      const { input, box } = await model.readImage(join(bench.folder, "photo.jpg"));
      const explanation = await (await model.explainer()).explain(input, { classes: [wanted] });
      return displayMapOf(explanation, 0, 0, { width: digit.width, height: digit.height, box });
    }

    it.each<[string, number | "predicted"]>([
      ["", "predicted"],
      ['class="3"', 3],
    ])("computes the map of Node with %s", async (attributes, wanted) => {
      const seen = await show(
        page,
        `<fovea-heatmap src="photo.jpg" model="explained.onnx" ${attributes}></fovea-heatmap>`,
      );
      const { width, height, values } = await expected(wanted);
      expect(seen).toMatchObject({ type: "fovea-load", width, height, peak: 1, label: wanted === 3 ? "3" : "7" });
      const worst = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (seen.values?.[i] as number))),
        0,
      );
      expect(worst).toBeLessThan(1e-4);
      expect(page.workers()).not.toEqual([]);
    });

    it("shares it among elements, and loads it again when all have gone", async () => {
      const leave = () => show(page, "", "setTimeout(() => seen.push({}))");
      await leave();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const one = '<fovea-heatmap src="photo.jpg" model="explained.onnx"></fovea-heatmap>';
      await show(page, one.repeat(3), "", 3);
      await show(page, one, "", 1);
      await page.evaluate(
        `seen.length = 0; document.querySelector("main").append(document.querySelector("fovea-heatmap"))`,
      );
      await until(page, "seen.length === 1");
      expect(asked.filter((path) => path === "/explained.onnx")).toHaveLength(1);
      await leave();
      await show(page, one);
      expect(asked.filter((path) => path === "/explained.onnx")).toHaveLength(2);
    });

    it.each([
      ['class="12"', 'unknown class "12": expected one of'],
      ['at="2"', "at: expected indices into [1,2], got 0, 2"],
      ['at="-1"', "at: expected whole numbers, e.g. 0,2, got -1"],
    ])("refuses %s", async (attributes, sentence) => {
      const html = `<fovea-heatmap src="photo.jpg" model="explained.onnx" ${attributes}></fovea-heatmap>`;
      expect((await show(page, html)).message).toContain(sentence);
    });

    it("shows what docs/element.md shows: both elements have their peak at the same place", async () => {
      const page = readFileSync(join(root, "docs/element.md"), "utf8");
      // A wide photo, of which the network sees the middle: what is left and right of it must stay as it is.
      const wide = { width: 140, height: 84, channels: 1, pixels: new Uint8Array(140 * 84) } as const;
      for (let y = 0; y < 84; y++) wide.pixels.set(digit.pixels.subarray(84 * y, 84 * y + 84), 140 * y + 28);
      bench.files["photo.jpg"] = await encodePng(wide);
      writeFileSync(join(bench.folder, "photo.jpg"), bench.files["photo.jpg"]);
      const crop = ["--crop", "1"];
      const command = /^fovea (explain .*?)\s+#/m.exec(page)?.[1]?.replace("model.onnx ", "").split(" ") ?? [];
      const ran = await fovea(bench.folder, [...command, ...crop]);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      const compiled = await fovea(bench.folder, [
        "compile",
        join(root, "models/mnist.onnx"),
        "--image",
        "--choose",
        "--out",
        "explained.onnx",
        ...crop,
      ]);
      expect([compiled.code, compiled.err]).toEqual([0, ""]);
      for (const name of ["map.json", "explained.onnx"]) bench.files[name] = readFileSync(join(bench.folder, name));
      const snippet = /```html\n(.*?)```/s.exec(page)?.[1] as string;
      expect(snippet.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(11);
      bench.files["example.html"] = snippet;
      const example = await bench.open();
      await example.goto(`${bench.site.url}example.html`);
      await example.waitForFunction(`[...document.querySelectorAll("fovea-heatmap")].every((element) =>
        element.shadowRoot?.querySelector(".map").checkVisibility() && element.shadowRoot.querySelector(".map").width > 1)`);
      expect(await example.locator("fovea-heatmap .name").allInnerTexts()).toEqual(["7", "7"]);
      const strongest: [number, number][] = await example.evaluate(strongestPlaces);
      const [fromFile, computed] = strongest;
      expect(strongest).toHaveLength(2);
      for (const axis of [0, 1] as const)
        expect(Math.abs((fromFile?.[axis] ?? 0) - (computed?.[axis] ?? 1))).toBeLessThan(0.03);
      expect(example.complaints).toEqual([]);
      await example.context().close();
    });
  });

  it.each(["light", "dark"] as const)("gives axe-core nothing to complain of, %s", async (colorScheme) => {
    const other = await bench.open({ colorScheme });
    await show(other, '<fovea-heatmap src="photo.png" map="map.json" label="cat" controls></fovea-heatmap>');
    await other.getByRole("application").hover();
    await other.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const found = (await other.evaluate(`axe.run("fovea-heatmap").then(({ violations, passes }) =>
      ({ violations: violations.map(({ id }) => id), passes: passes.length }))`)) as {
      violations: string[];
      passes: number;
    };
    expect(found.violations).toEqual([]);
    expect(found.passes).toBeGreaterThan(10);
    await show(other, '<fovea-heatmap src="photo.png" map="gone.json"></fovea-heatmap>');
    expect(
      await other.evaluate(`axe.run("fovea-heatmap").then(({ violations }) => violations.map(({ id }) => id))`),
    ).toEqual([]);
    await other.context().close();
  });

  it("keeps to the page's policy, and throws nothing", () => {
    expect(page.complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
  });

  it("weighs at most 26 kB before a model is named", () => {
    expect(bundled(join(bench.folder, "heatmap")).filter((name) => /\.wasm/.test(name))).toEqual([]);
    expect(weight(join(bench.folder, "heatmap"), "fovea-heatmap.js")).toBeLessThan(26_000);
  });
});
