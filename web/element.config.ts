/** @file Builds `<fovea-heatmap>` for pages without a bundler: dist/heatmap of the package, with onnxruntime's files beside it. */

import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));

/** Where onnxruntime's script looks for its own files. */
function besideTheScript(): Plugin {
  return {
    name: "runtime-beside-the-script",
    writeBundle({ dir = "" }) {
      for (const name of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
        copyFileSync(require.resolve(`onnxruntime-web/${name}`), join(dir, name));
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [besideTheScript()],
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
