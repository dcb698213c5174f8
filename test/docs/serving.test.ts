/** @file What docs/serving.md shows is run as it stands there. */

import { execFile } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { compileExplanation } from "../../src/explain/compile.js";
import { displayMapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import type { Picture } from "../../src/image/picture/picture.js";
import { enlargePixels } from "../../src/image/picture/resize.js";
import { writeModel } from "../../src/onnx/write.js";
import { workFolder } from "../cli/fovea.js";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { runtime } from "../support/runtime.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "docs/serving.md"), "utf8");
const folder = workFolder();

/** The block of that language. */
function snippet(language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(text)?.[1] as string;
}

let expected: {
  readonly map: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly predicted: number;
};

/** The embedded model, compiled, and a drawn digit with a wide margin as its photo. */
beforeAll(async () => {
  const model = await loadModel(undefined, { runtime });
  writeFileSync(join(folder, "explained.onnx"), writeModel(compileExplanation(model, { image: true })));
  const { pixels } = drawDigits({ seed: 5, train: 1, test: 1 }).test;
  const digit: Picture = { width: 28, height: 28, channels: 1, pixels: pixels.slice(0, 784) };
  const colour = Uint8Array.from({ length: 784 * 3 }, (_, i) => digit.pixels[Math.floor(i / 3)] as number);
  const photo = enlargePixels({ ...digit, channels: 3, pixels: colour }, 4);
  writeFileSync(join(folder, "photo.jpg"), await encodePng(photo));
  const { input, box, picture } = await model.readImage(join(folder, "photo.jpg"));
  const explanation = await (await model.explainer()).explain(input);
  const { width, height } = picture;
  const { values } = displayMapOf(explanation, 0, 0, { width, height, box });
  expected = { map: values, width, height, predicted: explanation.predicted[0] as number };
});

describe("docs/serving.md", () => {
  it("the Node program writes the heat map and prints the class", async () => {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "serve.mjs"), snippet("js"));
    const { stdout } = await promisify(execFile)(process.execPath, ["serve.mjs"], { cwd: folder });
    expect(stdout).toBe(`class ${expected.predicted}\n`);
    const written = await decodeImage(join(folder, "heatmap.png"), { grey: true });
    expect([written.width, written.height]).toEqual([expected.width, expected.height]);
    written.pixels.forEach((value, i) =>
      expect(Math.abs(value - 255 * (expected.map[i] as number))).toBeLessThanOrEqual(1.01),
    );
  });

  it("the server's configuration names the file's inputs and outputs", async () => {
    const session = await runtime.open(readFileSync(join(folder, "explained.onnx")));
    const types: Record<string, string> = { uint8: "TYPE_UINT8", float32: "TYPE_FP32", int64: "TYPE_INT64" };
    const lines = [...snippet("pbtxt").matchAll(/name: "(.*?)" data_type: (\w+) dims: \[ (.*?) \]/g)];
    const known = [...session.inputs, ...session.outputs.filter(({ name }) => name !== "probabilities")];
    expect(lines.map(([, name, type, dims]) => [name, type, dims])).toEqual(
      known.map(({ name, type, dims }) => [
        name,
        types[type ?? ""],
        dims?.map((dim) => (typeof dim === "number" ? dim : -1)).join(", "),
      ]),
    );
  });
});

describe.skipIf(!hasBrowser)("the page of docs/serving.md", () => {
  let site: Site;
  let browser: TestBrowser;

  beforeAll(async () => {
    site = await serveFolder(folder, { files: { "index.html": snippet("html") }, isolated: false });
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it("reddens the photo where the network looked", { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const web = join(root, "node_modules/onnxruntime-web");
    const { version } = JSON.parse(readFileSync(join(web, "package.json"), "utf8")) as { version: string };
    await page.route(`https://cdn.jsdelivr.net/npm/onnxruntime-web@${version}/dist/*`, (route) =>
      route.fulfill({
        path: join(web, "dist", basename(new URL(route.request().url()).pathname)),
        headers: { "access-control-allow-origin": "*" },
      }),
    );
    await page.goto(site.url);
    await page.waitForFunction("chooser.onchange");
    await page.setInputFiles("#chooser", join(folder, "photo.jpg"));
    const { map, width, height } = expected;
    const read = `Array.from(canvas.getContext("2d").getImageData(0, 0, ${width}, ${height}).data)`;
    await page.waitForFunction(`${read}.some((value, i, all) => i % 4 === 0 && value !== all[i + 1])`);
    const shown = (await page.evaluate(read)) as number[];
    map.forEach((heat, i) => {
      const [red = 0, green = 0, blue] = shown.slice(4 * i, 4 * i + 3);
      expect(blue).toBe(green);
      expect(Math.abs(red - Math.min(255, green + 200 * heat))).toBeLessThanOrEqual(1);
    });
    expect(errors).toEqual([]);
  });
});
