/** @file The door `fovea/formats` in a real browser: a Keras file becomes the same graph as on Node. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { graphOf } from "../../src/formats/index.js";
import { type Graph, writeModel } from "../../src/onnx/index.js";
import { workFolder } from "../cli/fovea.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = workFolder();
const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".html": "text/html" };
/** Where a bundler or an import map finds the packages. */
const imports = {
  "@bufbuild/protobuf": "/node_modules/@bufbuild/protobuf/dist/esm/index.js",
  "@bufbuild/protobuf/wire": "/node_modules/@bufbuild/protobuf/dist/esm/wire/index.js",
  "@bufbuild/protobuf/codegenv2": "/node_modules/@bufbuild/protobuf/dist/esm/codegenv2/index.js",
  fflate: "/node_modules/fflate/esm/browser.js",
  h5wasm: "/node_modules/h5wasm/dist/esm/hdf5_hl.js",
  "onnx-buf": "/node_modules/onnx-buf/dist/onnx_pb.js",
};
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;

// The packaged browser is built for this platform only.
describe.skipIf(process.platform !== "linux" || process.arch !== "x64")("in a browser", () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [compiler, "--outDir", join(folder, "dist")], { cwd: root });
    server = createServer((request, response) => {
      const path = normalize((request.url ?? "").slice(1));
      const file = [join(folder, path), join(root, path)].find((each) => path !== "." && existsSync(each));
      response.setHeader("content-type", file ? (types[extname(file)] ?? "application/octet-stream") : "text/html");
      response.end(file ? readFileSync(file) : page);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: [...chromium.args, "--no-sandbox"],
      headless: true,
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(["model.keras", "model.h5"])("%s becomes the same graph", { timeout: 60_000 }, async (name) => {
    const path = `test/fixtures/keras/nested_deep/${name}`;
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const digest = await tab.evaluate(`(async () => {
      const { graphOf } = await import("/dist/formats/index.js");
      const { writeModel } = await import("/dist/onnx/index.js");
      const bytes = new Uint8Array(await (await fetch("/${path}")).arrayBuffer());
      const written = writeModel(await graphOf(bytes, "pets"));
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", written))];
    })()`);
    const graph = (await graphOf(readFileSync(join(root, path)), "pets")) as Graph;
    expect(digest).toEqual([...createHash("sha256").update(writeModel(graph)).digest()]);
  });
});
