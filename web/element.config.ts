/** @file Builds `<fovea-heatmap>` for pages without a bundler: dist/heatmap of the package; onnxruntime's files are the studio's. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { runtimeAlias, runtimeSources, withPlainFunctions } from "./build/onnxruntime.js";
import { thirdParty } from "./third-party.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const notices = thirdParty(runtimeSources);

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [withPlainFunctions(), notices.plugin],
  worker: { plugins: () => [withPlainFunctions(), ...notices.inWorkers()] },
  resolve: {
    alias: [runtimeAlias, { find: /^\.\/runtime-files\.js$/, replacement: join(root, "web/element/runtime-files.ts") }],
    conditions: ["onnxruntime-web-use-extern-wasm", "browser", "module", "import", "default"],
  },
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
