/** @file The page's side of the worker. */

import { proxy, type Remote, wrap } from "comlink";
import type { Progress } from "../engine/api.js";
import type { Engine } from "../engine/engine.js";

export type EngineClient = Remote<Engine>;

export function startWorker(): { readonly worker: Worker; readonly engine: EngineClient } {
  const worker = new Worker(new URL("../engine/worker.ts", import.meta.url), { type: "module" });
  return { worker, engine: wrap<Engine>(worker) };
}

/** A function that the worker may call. */
export function callback<Message>(call: (message: Message) => void): (message: Message) => void {
  return proxy(call);
}

export function onProgress(tell: (progress: Progress) => void): (progress: Progress) => void {
  return callback(tell);
}
