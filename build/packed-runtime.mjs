/**
 * @file onnxruntime's WebAssembly as the page and the element get it: one build, packed with Brotli, which makes it six times smaller.
 * `node build/packed-runtime.mjs --best` packs it as small as can be, which takes minutes, once for a version: a release does.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/** It computes on the processor and, where the browser has both WebGPU and promise integration, on a graphics card. */
export const runtimeName = "ort-wasm-simd-threaded.jspi";
const cache = fileURLToPath(new URL("../node_modules/.cache/fovea/", import.meta.url));
const qualities = { best: 11, quick: 8 };

/** The path of the packed file, the best there is; packed now where there is none. @param how `best` or `quick` @param name of the build */
export function packedRuntime(how = "quick", name = runtimeName) {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(`onnxruntime-web/${name}.wasm`));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const place = (quality) => join(cache, `${hash}-${quality}.wasm.br`);
  for (const quality of how === "best" ? ["best"] : ["best", "quick"])
    if (existsSync(place(quality))) return place(quality);
  const packed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: qualities[how],
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  mkdirSync(cache, { recursive: true });
  // Several builds may do this at once.
  const own = `${place(how)}.${process.pid}`;
  writeFileSync(own, packed);
  renameSync(own, place(how));
  return place(how);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${packedRuntime(process.argv.includes("--best") ? "best" : "quick")}\n`);
}
