/** @file Loads onnxruntime when it is needed, one build of it for the processor and the graphics card. */

import { FoveaError } from "../../../src/foundation/error.js";
import { Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph } from "../../../src/onnx/graph.js";
import { createWebRuntime, type WebProvider, type WebRuntime } from "../../../src/runtime/web.js";
import type { Progress } from "./api.js";
import { fetchWithProgress } from "./loading.js";
import { binaryName, canWait, checkBrowser, unpacked } from "./runtime-binary.js";

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

let binary: Promise<ArrayBuffer> | undefined;

/** For all runtimes of this page or worker, which onnxruntime starts with. */
async function fetchBinary(folder: string, progress: LoadRuntimeOptions["progress"]): Promise<ArrayBuffer> {
  checkBrowser();
  return (await unpacked(await fetchWithProgress(folder + binaryName, "the runtime", progress), folder)).buffer;
}

/** @throws FoveaError `network`; `bad-input` for a browser that cannot compute so */
export async function loadRuntime(
  provider: WebProvider,
  { base, progress, tell, onCrash }: LoadRuntimeOptions,
): Promise<WebRuntime> {
  const folder = new URL("ort/", base).href;
  if (provider === "webgpu" && !canWait())
    throw new FoveaError(
      "bad-input",
      "WebGPU: expected a browser with promise integration for WebAssembly, got another: use WebAssembly",
    );
  binary ??= fetchBinary(folder, progress);
  binary.catch(() => {
    binary = undefined;
  });
  let reported = false;
  const runtime = await createWebRuntime({
    provider,
    files: folder,
    binary: await binary,
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

/** Whether there is a graphics card that WebAssembly can wait for, and not software in its place. */
export async function hasGraphicsCard(): Promise<boolean> {
  if (!canWait()) return false;
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter != null && !adapter.info?.isFallbackAdapter && adapter.info?.architecture !== "swiftshader";
}
