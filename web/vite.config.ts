/** @file Builds the studio as a static site: dist/studio of the package. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import subsetFont from "subset-font";
import { tsImport } from "tsx/esm/api";
import { defineConfig, type Plugin } from "vite";
import { headersFile, isolationHeaders } from "../dist/serve/studio/headers.js";
import { brandPictures } from "./build/brand-pictures.js";
import { samplePictureFiles } from "./build/draw-samples.js";
import { hubFrom, hubPolicy } from "./build/hub-build.js";
import { runtimeAlias, runtimeConditions, runtimeFiles, runtimeScripts, runtimeSources } from "./build/onnxruntime.js";
import { serviceWorker } from "./offline/service-worker.js";
import { pictureUrl, samples } from "./src/shared/samples.js";
import { storedSample, storedUrl } from "./src/shell/open/stored.js";
import { thirdParty } from "./third-party.js";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
/** Other builds than the package's lie elsewhere: their files are put beside what is there. */
const elsewhere = process.env.FOVEA_STUDIO_DIR;
const outDir = elsewhere ? resolve(root, elsewhere) : join(root, "dist/studio");
const hub = hubFrom(process.env.FOVEA_HUB);

const library = dirname(fileURLToPath(import.meta.resolve("h5wasm")));

/** The page's own models, and the library for HDF5 files: `fovea studio` has both elsewhere, where its package is installed. */
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(samples).map(({ model }) => [model, join(root, "models", model)])),
  ...Object.fromEntries(["hdf5_hl.js", "hdf5_util.js"].map((name) => [`h5wasm/${name}`, join(library, name)])),
};
const runtime = new Map([...runtimeFiles()].map(([name, bytes]) => [`ort/${name}`, bytes]));

const types: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};

function write(name: string, bytes: Uint8Array): void {
  const path = join(outDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** By the page's own engine, which runs here as it lies. */
async function storedAnswers(pictures: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const engine: typeof import("./build/store-answers.js") = await tsImport("./build/store-answers.ts", import.meta.url);
  const { model, pictures: set } = samples[storedSample];
  const first = pictures.get(pictureUrl(set, set.names[0] ?? ""));
  if (first === undefined) throw new Error(`internal: ${storedSample} has no picture`);
  return new TextEncoder().encode(await engine.storeAnswers(join(root, "models", model), first));
}

function besideThePage(): Plugin {
  return {
    name: "files-beside-the-page",
    async writeBundle() {
      for (const [name, path] of Object.entries(files)) write(name, readFileSync(path));
      for (const [name, bytes] of runtime) write(name, bytes);
      const pictures = await samplePictureFiles();
      for (const [name, bytes] of pictures) write(name, bytes);
      write(storedUrl, await storedAnswers(pictures));
      // Where nobody gave anything: `fovea studio` answers in its place.
      writeFileSync(join(outDir, "given.json"), '{"static":true,"images":[]}');
      writeFileSync(join(outDir, "_headers"), headersFile(hub?.hosts));
    },
    async configureServer(server) {
      const pictures = await samplePictureFiles();
      pictures.set(storedUrl, await storedAnswers(pictures));
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? "").slice(1).replace(/\?.*/, "");
        const bytes = pictures.get(name) ?? runtime.get(name) ?? (files[name] && readFileSync(files[name]));
        if (!bytes) return next();
        response.setHeader("content-type", types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream");
        response.end(bytes);
      });
    },
  };
}

/** The HDF5 library is left as it is, beside the page: it holds its WebAssembly, and is in the package that `fovea` needs anyway. */
function besideScripts(): Plugin {
  return {
    name: "library-beside-scripts",
    apply: "build",
    enforce: "pre",
    resolveId: (source) => (source === "h5wasm" ? { id: "../h5wasm/hdf5_hl.js", external: true } : null),
  };
}

const interFont = require.resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");

/** Inter with what the page itself writes, half the size of its Latin file, which is fetched for letters beyond it. */
async function subset(): Promise<string> {
  const letters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
  const inter = readFileSync(interFont);
  const path = join(root, "web/node_modules/.cache/inter-basic.woff2");
  mkdirSync(dirname(path), { recursive: true });
  const weights = { wght: { min: 400, max: 650, default: 400 } };
  const options = { targetFormat: "woff2", variationAxes: weights } as const;
  writeFileSync(path, await subsetFont(inter, `${letters}×−·…–←→↑↓☀☾°²`, options));
  return path;
}

const basicFont = await subset();
const notices = thirdParty([interFont, ...Object.values(files), ...runtimeSources]);

const offline = serviceWorker({ outDir, headers: isolationHeaders });
/** For scripts of the page and of its workers. */
const scripts = () => [runtimeScripts(), besideScripts()];

export default defineConfig({
  base: "./",
  root: fileURLToPath(new URL(".", import.meta.url)),
  define: { "import.meta.env.FOVEA_HUB": JSON.stringify(hub?.endpoint ?? "") },
  plugins: [
    svelte(),
    ...(hub ? [hubPolicy(hub.hosts)] : []),
    ...scripts(),
    ...[besideThePage(), brandPictures(outDir), notices.plugin, offline],
  ],
  resolve: {
    alias: [{ find: "inter-basic.woff2", replacement: basicFont }, runtimeAlias],
    conditions: runtimeConditions,
  },
  worker: { format: "es", plugins: () => [...scripts(), ...notices.inWorkers()] },
  server: { headers: { ...isolationHeaders } },
  build: {
    outDir,
    emptyOutDir: elsewhere === undefined,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "how.html"].map((name) => join(root, "web", name)) },
  },
});
