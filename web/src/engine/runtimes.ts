/** @file Loads onnxruntime's builds when they are needed. */

import { Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph } from "../../../src/onnx/graph.js";
import { createWebRuntime, type WebProvider, type WebRuntime } from "../../../src/runtime/web.js";
import type { Progress } from "./api.js";
import { fetchWithProgress } from "./loading.js";

const files: Readonly<Record<WebProvider, string>> = {
  wasm: "ort-wasm-simd-threaded.wasm",
  webgpu: "ort-wasm-simd-threaded.asyncify.wasm",
};

/** What a runtime has to say later. */
export interface RuntimeEvents {
  /** Called once, if the graphics card cannot go on and the processor does. */
  readonly tell: (text: string) => void;
  /** Called when the runtime crashed, and computes nothing any more. Default: nobody is told. */
  readonly onCrash?: ((reason: string) => void) | undefined;
}

export interface LoadRuntimeOptions extends RuntimeEvents {
  /** URL of the page's folder. */
  readonly base: string;
  readonly progress: (state: Progress) => void;
}

export async function loadRuntime(
  provider: WebProvider,
  { base, progress, tell, onCrash }: LoadRuntimeOptions,
): Promise<WebRuntime> {
  const folder = new URL("ort/", base).href;
  const binary = await fetchWithProgress(folder + files[provider], "the runtime", progress);
  let reported = false;
  const runtime = await createWebRuntime({
    provider,
    files: folder,
    binary: binary.buffer,
    onCrash,
    onFallback: (reason) => {
      if (!reported) tell(`The processor goes on with what the graphics card cannot do: ${reason}`);
      reported = true;
    },
  });
  await (await runtime.open(nothing())).close();
  return runtime;
}

/** A graph that does nothing, with which onnxruntime starts while other files are still on their way. */
function nothing(): Graph {
  const op = new Builder(emptyGraph("nothing"));
  op.output(op.Identity(op.input("x", "float32", [1])), "y");
  return op.graph;
}

/** As far as it is used here. */
interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
}

/** Whether there is a graphics card, and not software in its place. */
export async function hasGraphicsCard(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter != null && !adapter.info?.isFallbackAdapter && adapter.info?.architecture !== "swiftshader";
}
