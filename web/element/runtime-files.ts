/** @file Where the package's bundle of the element has onnxruntime's files: in a folder beside its script. */

import type { runtimeFiles as bundled } from "../../src/element/runtime-files.js";
import { fetchFile } from "../../src/files/fetch-file.js";
import { binaryName, checkBrowser, unpacked } from "../src/engine/runtime-binary.js";

export const runtimeFiles: typeof bundled = async (folder) => {
  checkBrowser();
  const files = folder ?? new URL(/* @vite-ignore */ "./ort/", import.meta.url).href;
  const response = await fetchFile(files + binaryName);
  // No page may start a worker from a script of another site, such as that of a CDN.
  const worker = new URL(import.meta.url).origin === location.origin;
  return { files, worker, binary: (await unpacked(new Uint8Array(await response.arrayBuffer()), files)).buffer };
};
