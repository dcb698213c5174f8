/** @file The entry `fovea/formats` in a real browser: a Keras file becomes the same graph as on Node. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { graphOf } from "../../src/formats/graph-of.js";
import type { Graph } from "../../src/onnx/graph.js";
import { writeModel } from "../../src/onnx/write.js";
import { hasBrowser } from "../support/browser/browser.js";
import { tabWithImports } from "../support/browser/import-map.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Where an import map finds further packages. */
const imports = {
  fflate: "/node_modules/fflate/esm/browser.js",
  h5wasm: "/node_modules/h5wasm/dist/esm/hdf5_hl.js",
};

describe.skipIf(!hasBrowser)("in a browser", () => {
  const page = tabWithImports(imports);

  it.each(["model.keras", "model.h5"])("%s becomes the same graph", { timeout: 60_000 }, async (name) => {
    const path = `test/fixtures/keras/nested_deep/${name}`;
    const digest = await page.tab.evaluate(`(async () => {
      const { graphOf } = await import("/dist/doors/formats-web.js");
      const { writeModel } = await import("/dist/doors/onnx.js");
      const bytes = new Uint8Array(await (await fetch("/${path}")).arrayBuffer());
      const written = writeModel(await graphOf(bytes, "pets"));
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", written))];
    })()`);
    const graph = (await graphOf(readFileSync(join(root, path)), "pets")) as Graph;
    expect(digest).toEqual([...createHash("sha256").update(writeModel(graph)).digest()]);
  });
});
