/** @file Where onnxruntime's own files are, for whoever bundles the element; the bundle of the package has another such file. */

import type { WebRuntimeOptions } from "../runtime/web.js";

/** @param folder of onnxruntime's files, with a slash at the end. Default: where the bundler puts them */
export async function runtimeFiles(
  folder: string | undefined,
): Promise<Pick<WebRuntimeOptions, "files" | "binary" | "worker">> {
  return { files: folder };
}
