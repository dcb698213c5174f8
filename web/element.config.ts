/** @file Builds `<fovea-heatmap>` for pages without a bundler: dist/heatmap of the package, with onnxruntime's files in it. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { runtimeAlias, runtimeConditions, runtimeFiles, runtimeScripts, runtimeSources } from "./build/onnxruntime.js";
import { thirdParty } from "./third-party.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const notices = thirdParty(runtimeSources);

/** In the folder where the element looks for them. */
function runtimeBeside(): Plugin {
  return {
    name: "runtime-beside-the-element",
    generateBundle() {
      for (const [name, source] of runtimeFiles()) this.emitFile({ type: "asset", fileName: `ort/${name}`, source });
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [runtimeScripts(), runtimeBeside(), notices.plugin],
  worker: { plugins: () => [runtimeScripts(), ...notices.inWorkers()] },
  resolve: {
    alias: [runtimeAlias, { find: /^\.\/runtime-files\.js$/, replacement: join(root, "web/element/runtime-files.ts") }],
    conditions: runtimeConditions,
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
