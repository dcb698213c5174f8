/** @file Builds the studio as a static site: dist/studio of the package. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { headersFile } from "../dist/cli/studio/headers.js";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
const outDir = join(root, "dist/studio");

/** onnxruntime's own files, which are loaded when they are needed, and the digit model. */
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["", ".asyncify"].flatMap((kind) =>
      ["mjs", "wasm"].map((end) => {
        const name = `ort-wasm-simd-threaded${kind}.${end}`;
        return [`ort/${name}`, require.resolve(`onnxruntime-web/${name}`)];
      }),
    ),
  ),
  "mnist.onnx": join(root, "models/mnist.onnx"),
};

const types: Readonly<Record<string, string>> = { mjs: "text/javascript", wasm: "application/wasm" };

function besideThePage(): Plugin {
  return {
    name: "files-beside-the-page",
    writeBundle() {
      mkdirSync(join(outDir, "ort"), { recursive: true });
      for (const [name, path] of Object.entries(files)) copyFileSync(path, join(outDir, name));
      writeFileSync(join(outDir, "_headers"), headersFile());
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? "").slice(1).replace(/\?.*/, "");
        const path = files[name];
        if (path === undefined) return next();
        response.setHeader("content-type", types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream");
        response.end(readFileSync(path));
      });
    },
  };
}

/** What a page needs for threads. */
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [svelte(), besideThePage()],
  // The runtime's script then loads its own files from where they are put, and starts its threads from them.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "browser", "module", "import", "default"] },
  worker: { format: "es" },
  server: { headers: isolated },
  build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
