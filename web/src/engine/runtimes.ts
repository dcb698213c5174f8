/** @file Loads onnxruntime's builds when they are needed. */

import { createWebRuntime, type WebProvider, type WebRuntime } from "fovea/web";
import type { Progress } from "./api.js";
import { fetchWithProgress } from "./loading.js";

const files: Readonly<Record<WebProvider, string>> = {
  wasm: "ort-wasm-simd-threaded.wasm",
  webgpu: "ort-wasm-simd-threaded.asyncify.wasm",
};

/** @param base URL of the page's folder */
export async function loadRuntime(
  provider: WebProvider,
  base: string,
  progress: (state: Progress) => void,
): Promise<WebRuntime> {
  const folder = new URL("ort/", base).href;
  const runtime = await createWebRuntime({
    provider,
    files: folder,
    onFallback: (reason) =>
      progress({ what: `the graphics card gave up, the processor goes on: ${reason}`, done: 0, total: 0 }),
  });
  // From here on it lies in the browser's cache, where the runtime finds it.
  await fetchWithProgress(folder + files[provider], "the runtime", progress);
  return runtime;
}

/** As far as it is used here. */
interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
}

/** Whether there is a card, and not a program that plays one. */
export async function hasGraphicsCard(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter != null && !adapter.info?.isFallbackAdapter && adapter.info?.architecture !== "swiftshader";
}
