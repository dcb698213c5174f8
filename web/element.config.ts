/** @file Builds `<fovea-heatmap>` for pages without a bundler: dist/heatmap of the package, with onnxruntime's files beside it. */

import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { thirdParty } from "./third-party.js";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));

const runtimeFiles = ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

/** Where onnxruntime's script looks for its own files. */
function besideTheScript(): Plugin {
  return {
    name: "runtime-beside-the-script",
    writeBundle({ dir = "" }) {
      for (const name of runtimeFiles) copyFileSync(require.resolve(`onnxruntime-web/${name}`), join(dir, name));
    },
  };
}

const notices = thirdParty(runtimeFiles.map((name) => require.resolve(`onnxruntime-web/${name}`)));

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [besideTheScript(), notices.plugin],
  worker: { plugins: notices.inWorkers },
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "browser", "module", "import", "default"] },
  build: {
    outDir: join(root, "dist/heatmap"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: join(root, "dist/doors/element.js"),
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "fovea-heatmap.js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
