/** @file The public entries for pages in a real browser: all are loaded, and explain as on Node. */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/doors/node.js";
import { root } from "../house/imports.js";
import { entryFiles, type Manifest, publicNames, sourceOf, type Target } from "../house/public-names.js";
import { hasBrowser } from "../support/browser/browser.js";
import { tabWithImports } from "../support/browser/import-map.js";
import { runtime } from "../support/runtime.js";

const d3 = "array color format interpolate path scale scale-chromatic shape time time-format"
  .split(" ")
  .map((name) => `d3-${name}`)
  .concat("internmap");
/** Where an import map finds further packages. */
const imports = {
  ...Object.fromEntries(d3.map((name) => [name, `/${relative(root, fileURLToPath(import.meta.resolve(name)))}`])),
  fflate: "/node_modules/fflate/esm/browser.js",
  h5wasm: "/node_modules/h5wasm/dist/esm/hdf5_hl.js",
  "image-size": "/node_modules/image-size/dist/index.mjs",
  "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
  "onnxruntime-web/webgpu": "/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs",
};
const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** The file that a page is given. */
const inPage = (target: Target) => (typeof target === "string" ? target : (target.browser ?? target));
const files = [...new Set(Object.values(manifest.exports).map(inPage).flatMap(entryFiles))].filter(
  (file) => file.endsWith(".js") && !/\/(node|data)\.js$/.test(file),
);

describe.skipIf(!hasBrowser)("in a page", { timeout: 60_000 }, () => {
  const page = tabWithImports(imports);

  it.each(files)("%s is loaded, and exports what is listed", async (file) => {
    const names = await page.tab.evaluate(`import("/${file}").then((names) => Object.keys(names).sort())`);
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
    const inPage = await page.tab.evaluate(`(async () => {
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
