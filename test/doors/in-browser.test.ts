/** @file The public entries for pages in a real browser: all are loaded, and explain as on Node. */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../../src/doors/node.js";
import { root } from "../house/imports.js";
import { entryFiles, type Manifest, publicNames, sourceOf } from "../house/public-names.js";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";
import { runtime } from "../support/runtime.js";

const protobuf = "/node_modules/@bufbuild/protobuf/dist/esm";
const d3 = "array color format interpolate path scale scale-chromatic shape time time-format"
  .split(" ")
  .map((name) => `d3-${name}`)
  .concat("internmap");
/** Where a bundler or an import map finds the packages. */
const imports = {
  "@bufbuild/protobuf": `${protobuf}/index.js`,
  "@bufbuild/protobuf/wire": `${protobuf}/wire/index.js`,
  "@bufbuild/protobuf/codegenv2": `${protobuf}/codegenv2/index.js`,
  ...Object.fromEntries(d3.map((name) => [name, `/${relative(root, fileURLToPath(import.meta.resolve(name)))}`])),
  fflate: "/node_modules/fflate/esm/browser.js",
  h5wasm: "/node_modules/h5wasm/dist/esm/hdf5_hl.js",
  "image-size": "/node_modules/image-size/dist/index.mjs",
  "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
  "onnxruntime-web/webgpu": "/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs",
};
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;
const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const files = [...new Set(Object.values(manifest.exports).flatMap(entryFiles))].filter(
  (file) => file.endsWith(".js") && !/\/(node|data)\.js$/.test(file),
);

describe.skipIf(!hasBrowser)("in a page", { timeout: 60_000 }, () => {
  let site: Site;
  let browser: TestBrowser;
  let tab: Page;
  beforeAll(async () => {
    site = await serveFolder(root, { files: { "index.html": page } });
    browser = await openBrowser();
    tab = await browser.newPage();
    await tab.goto(site.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it.each(files)("%s is loaded, and exports what is listed", async (file) => {
    const names = await tab.evaluate(`import("/${file}").then((names) => Object.keys(names).sort())`);
    const values = publicNames(sourceOf(file)).filter(({ kind }) => kind !== "type");
    expect(names).toEqual(values.map(({ name }) => name));
  });

  it("a model is loaded and explained by the same code as on Node, without naming a runtime", async () => {
    const model = await loadModel(undefined, { runtime });
    const explainer = await model.explainer();
    const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 7) % 256);
    const input = await model.preprocess(pixels, [1, 1, 28, 28]);
    const { predicted, classes, maps } = (await explainer.explain(input, { classes: ["predicted", "3"] })).at(0);
    await explainer.close();
    const inPage = await tab.evaluate(`(async () => {
      const { loadModel } = await import("/dist/doors/web.js");
      const model = await loadModel("/models/mnist.onnx");
      const explainer = await model.explainer();
      const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 7) % 256);
      const input = await model.preprocess(pixels, [1, 1, 28, 28]);
      const { predicted, classes, maps } = (await explainer.explain(input, { classes: ["predicted", "3"] })).at(0);
      await explainer.close();
      const code = await explainer.explain(input).catch((error) => error.code);
      const labels = classes.map(({ label }) => label);
      return { label: predicted.label, probability: predicted.probability, labels, map: [...maps[0].values], code };
    })()`);
    const near = (value: number) => expect.closeTo(value, 4);
    expect(inPage).toEqual({
      label: predicted.label,
      probability: near(predicted.probability),
      labels: classes.map(({ label }) => label),
      map: Array.from(maps[0]?.values ?? [], near),
      code: "closed",
    });
  });
});
