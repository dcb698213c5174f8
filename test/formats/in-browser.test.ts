/** @file The entry `fovea/formats` in a real browser: a Keras file becomes the same graph as on Node. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { graphOf } from "../../src/formats/graph-of.js";
import type { Graph } from "../../src/onnx/graph.js";
import { writeModel } from "../../src/onnx/write.js";
import { hasBrowser, openBrowser, type Site, serveFolder, type TestBrowser } from "../support/browser/browser.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Where a bundler or an import map finds the packages. */
const imports = {
  "@bufbuild/protobuf": "/node_modules/@bufbuild/protobuf/dist/esm/index.js",
  "@bufbuild/protobuf/wire": "/node_modules/@bufbuild/protobuf/dist/esm/wire/index.js",
  "@bufbuild/protobuf/codegenv2": "/node_modules/@bufbuild/protobuf/dist/esm/codegenv2/index.js",
  fflate: "/node_modules/fflate/esm/browser.js",
  h5wasm: "/node_modules/h5wasm/dist/esm/hdf5_hl.js",
};
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;

describe.skipIf(!hasBrowser)("in a browser", () => {
  let site: Site;
  let browser: TestBrowser;

  beforeAll(async () => {
    site = await serveFolder(root, { files: { "index.html": page } });
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it.each(["model.keras", "model.h5"])("%s becomes the same graph", { timeout: 60_000 }, async (name) => {
    const path = `test/fixtures/keras/nested_deep/${name}`;
    const tab = await browser.newPage();
    await tab.goto(site.url);
    const digest = await tab.evaluate(`(async () => {
      const { graphOf } = await import("/dist/doors/formats.js");
      const { writeModel } = await import("/dist/doors/onnx.js");
      const bytes = new Uint8Array(await (await fetch("/${path}")).arrayBuffer());
      const written = writeModel(await graphOf(bytes, "pets"));
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", written))];
    })()`);
    const graph = (await graphOf(readFileSync(join(root, path)), "pets")) as Graph;
    expect(digest).toEqual([...createHash("sha256").update(writeModel(graph)).digest()]);
  });
});
