/** @file The runtime in a page or worker, onnxruntime's WebAssembly or WebGPU build, loaded when the first session is opened. */

import type * as ort from "onnxruntime-web/wasm";
import { FoveaError } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import { withFallback } from "./fallback.js";
import { closable, openedAsAsked, refusal, sessionOver, withOutputsFilled, withWeightsBeside } from "./ort-session.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

export type WebProvider = "wasm" | "webgpu";

/** The provider, files and threads of a runtime in a page. */
export interface WebRuntimeOptions {
  /** The processor, or the graphics card. Default `webgpu` where the browser has an adapter, else `wasm`. */
  readonly provider?: WebProvider | undefined;
  /**
   * URL of the folder with onnxruntime's own files (`ort-wasm-simd-threaded*.mjs` and `.wasm`), ending in a slash. Default: where
   * the bundler puts them, or beside onnxruntime-web's script.
   */
  readonly files?: string | undefined;
  /** The `.wasm` file, for pages that fetch it themselves, with progress. Default: onnxruntime fetches it. */
  readonly binary?: ArrayBuffer | undefined;
  /**
   * Threads of the processor, which need a page that is cross-origin isolated. Default as many as there are cores, at most 8, or one
   * where the page is not isolated. The first runtime that opens a session decides for the page.
   */
  readonly threads?: number | undefined;
  /**
   * Compute in a worker of onnxruntime's own, for pages that have none; WebAssembly only. The script that holds onnxruntime-web must
   * then be a file of its own, as bundlers make it of a dynamic import. The first runtime that opens a session decides for the page.
   * Default false.
   */
  readonly worker?: boolean | undefined;
  /**
   * Told once for every session that the graphics card cannot open or run (an operator it lacks, no memory, a lost device) and that goes
   * on on the processor: the card's message.
   */
  readonly onFallback?: ((reason: string) => void) | undefined;
  /**
   * Told when onnxruntime crashed, which is a `FoveaError` of code `crashed` as well, and its memory is not to be trusted any more; or
   * when it had no memory left, and what it took it keeps. The page or worker has to be loaded again to compute.
   */
  readonly onCrash?: ((reason: string) => void) | undefined;
}

/** The runtime of `createWebRuntime`, with its provider and threads. */
export interface WebRuntime extends Runtime {
  readonly provider: WebProvider;
  readonly threads: number;
}

/**
 * Makes a runtime of onnxruntime-web, by WebGPU or WebAssembly. Between two runs the event loop gets a turn, so that messages to a busy worker arrive.
 * @throws FoveaError `bad-input` where WebGPU is asked for, and the browser has no adapter, or `worker` as well
 */
export async function createWebRuntime(options: WebRuntimeOptions = {}): Promise<WebRuntime> {
  const { threads = usualThreads(), worker = false } = options;
  if (options.provider === "webgpu" && worker)
    throw new FoveaError("bad-input", "worker: expected WebAssembly, got WebGPU, which onnxruntime cannot use there");
  const provider = options.provider ?? (!worker && (await hasAdapter()) ? "webgpu" : "wasm");
  if (provider === "webgpu" && !(await hasAdapter()))
    throw new FoveaError("bad-input", "WebGPU: expected a browser with a graphics adapter, got none: use WebAssembly");
  let loading: Promise<typeof ort> | undefined;
  const load = () => {
    loading ??= loadOrt(provider, { ...options, threads });
    return loading;
  };
  const inTurn = queue();
  const oneAtATime = <Result>(run: () => Promise<Result>) =>
    inTurn(run).catch((error: unknown) => {
      if (error instanceof FoveaError && isTheEnd(error)) options.onCrash?.(error.message);
      throw error;
    });
  return {
    name: `onnxruntime-web (${provider})`,
    provider,
    threads,
    async open(model: Graph | Uint8Array | string, how: SessionOptions = {}): Promise<Session> {
      const loaded = await load();
      const openOn = (on: WebProvider) => openedSession(loaded, on, model, how);
      const onProcessor = provider === "wasm" || how.processor;
      const session = await oneAtATime(() =>
        onProcessor
          ? openOn("wasm")
          : withFallback(
              () => openOn("webgpu"),
              () => openOn("wasm"),
              options.onFallback,
            ),
      );
      return closable({
        ...session,
        run: (feeds, into) => oneAtATime(() => session.run(feeds, into)),
        close: () => oneAtATime(() => session.close()),
      });
    },
  };
}

/** Whether it crashed, or has no memory left. */
function isTheEnd({ code, message }: FoveaError): boolean {
  return code === "crashed" || /bad_alloc|out of memory|failed to allocate|allocation failed/i.test(message);
}

let shared: Promise<WebRuntime> | undefined;

/** The runtime of whoever names none, one for the whole page or worker. */
export function sharedRuntime(): Promise<WebRuntime> {
  shared ??= createWebRuntime();
  return shared;
}

async function openedSession(
  { InferenceSession, Tensor: OrtTensor }: typeof ort,
  provider: WebProvider,
  model: Graph | Uint8Array | string,
  how: SessionOptions,
): Promise<Session> {
  const toOrt = ({ type, data, dims }: Tensor) => new OrtTensor(type as "float32", data as Float32Array, dims);
  try {
    // onnxruntime-web leaves the tensors that it is given for outputs as they were.
    const session = await opened(InferenceSession, provider, model, how);
    // What a run fails by is thrown; onnxruntime would write it to the console, too.
    return withOutputsFilled(sessionOver(session, toOrt, { logSeverityLevel: 4 }));
  } catch (cause) {
    throw refusal(cause);
  }
}

async function loadOrt(provider: WebProvider, options: WebRuntimeOptions): Promise<typeof ort> {
  const { files, binary, threads, worker = false } = options;
  const loaded: typeof ort = await (provider === "webgpu"
    ? import("onnxruntime-web/webgpu")
    : import("onnxruntime-web/wasm"));
  loaded.env.logLevel = "error";
  loaded.env.wasm.proxy ??= worker;
  if (threads !== undefined) loaded.env.wasm.numThreads ??= threads;
  if (binary !== undefined) loaded.env.wasm.wasmBinary = binary;
  if (files !== undefined) loaded.env.wasm.wasmPaths = files;
  return loaded;
}

function opened(
  { create }: typeof ort.InferenceSession,
  provider: WebProvider,
  source: Graph | Uint8Array | string,
  { optimize, repack = true }: SessionOptions,
): Promise<ort.InferenceSession> {
  const { model, externalData } =
    typeof source === "string" || source instanceof Uint8Array
      ? { model: source, externalData: [] }
      : withWeightsBeside(source);
  const options = {
    executionProviders: [provider],
    logSeverityLevel: 4,
    ...(externalData.length === 0 ? {} : { externalData }),
    ...(repack ? {} : { extra: { session: { disable_prepacking: "1" } } }),
  } as const;
  return openedAsAsked(source, optimize, (graphOptimizationLevel) =>
    create(model as Uint8Array, { ...options, graphOptimizationLevel }),
  );
}

/** As far as it is used here. */
interface Gpu {
  requestAdapter(): Promise<object | null>;
}

async function hasAdapter(): Promise<boolean> {
  const { gpu }: { gpu?: Gpu } = globalThis.navigator ?? {};
  return (await gpu?.requestAdapter().catch(() => null)) != null;
}

function usualThreads(): number {
  return globalThis.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
}

/** Runs one thing after the other, as WebGPU asks for, and between them lets waiting events be handled. */
function queue(): <Result>(run: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(turn).then(run);
    last = next.catch(() => undefined);
    return next;
  };
}

/** Lets waiting events be handled; a timer would wait for milliseconds. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
