/** @file onnxruntime in builds of the page and of the element: one build of it for both providers, with its WebAssembly packed. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { packedRuntime, runtimeName } from "../../build/packed-runtime.mjs";

const scriptOf = (name: string) => createRequire(import.meta.url).resolve(`onnxruntime-web/${name}.mjs`);
const decoder = fileURLToPath(import.meta.resolve("brotli-dec-wasm/web/bg.wasm"));

/**
 * Browsers without promise integration compute on the processor alone, where nothing of WebAssembly waits for a promise: plain functions
 * do there. `plain` tells that they are.
 */
const plainFunctions =
  "WebAssembly.Suspending??=Object.assign(function(f){return f},{plain:true});WebAssembly.promising??=f=>async(...a)=>f(...a);\n";

/** Files of the package that are put beside a build as they are, or nearly. */
export const runtimeSources: readonly string[] = [scriptOf(runtimeName), decoder];

/**
 * By name: what onnxruntime's script asks for, and starts its threads from; its WebAssembly; and what unpacks that, where the browser does not.
 * @param name of its build
 * @param how it is packed, where it was not packed better before
 */
export function runtimeFiles(name = runtimeName, how?: "best" | "quick"): ReadonlyMap<string, Uint8Array> {
  return new Map<string, Uint8Array>([
    [`${name}.mjs`, Buffer.from(plainFunctions + readFileSync(scriptOf(name), "utf8"))],
    [`${name}.wasm.br`, readFileSync(packedRuntime(how, name))],
    [basename(decoder), readFileSync(decoder)],
  ]);
}

/** Both providers' scripts are one. */
export const runtimeAlias = { find: /^onnxruntime-web\/(wasm|webgpu)$/, replacement: "onnxruntime-web/jspi" };

/** For `resolve.conditions`: the runtime's script then loads its own files from where they are put, and starts its threads from them. */
export const runtimeConditions = ["onnxruntime-web-use-extern-wasm", "browser", "module", "import", "default"];

/** For a build, and for those of its workers: what the page finds in the runtime's folder is not put beside scripts again. */
export function runtimeScripts(): Plugin {
  return {
    name: "onnxruntime-scripts",
    enforce: "pre",
    transform(code, id) {
      if (/onnxruntime-web\/dist\/ort\.jspi[^/]*$/.test(id)) return { code: plainFunctions + code, map: null };
      if (!/brotli_dec_wasm\.js$/.test(id)) return null;
      return { code: code.replace(`new URL("${basename(decoder)}",import.meta.url)`, "undefined"), map: null };
    },
  };
}
