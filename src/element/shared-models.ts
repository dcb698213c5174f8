/** @file Compiled models that several elements of a page share: compiled by the first, closed when the last has gone. */

import type { CompiledModel } from "./compiled-model.js";

export interface SharedModel {
  readonly compiled: Promise<CompiledModel>;
  /** Closes the model if nobody else uses it. */
  release(): void;
}

interface Entry {
  readonly compiled: Promise<CompiledModel>;
  users: number;
}

const entries = new Map<string, Entry>();

/** @param files the folder of onnxruntime's own files; default beside its script */
export function shareModel(url: string, files: string | undefined): SharedModel {
  const key = JSON.stringify([url, files]);
  const entry = entries.get(key) ?? { compiled: open(url, files), users: 0 };
  entries.set(key, entry);
  entry.users++;
  // The next element that asks tries a failed model again.
  const forget = () => entries.get(key) === entry && entries.delete(key);
  entry.compiled.catch(forget);
  let released = false;
  return {
    compiled: entry.compiled,
    release() {
      if (released) return;
      released = true;
      entry.users--;
      // An element that is moved within the page comes back at once.
      setTimeout(() => {
        if (entry.users > 0 || !forget()) return;
        entry.compiled.then((model) => model.close()).catch(() => undefined);
      });
    },
  };
}

/** The runtime is loaded with the first model, not with the page. */
async function open(url: string, files: string | undefined): Promise<CompiledModel> {
  const { openCompiledModel } = await import("./compiled-model.js");
  return openCompiledModel(url, files);
}
