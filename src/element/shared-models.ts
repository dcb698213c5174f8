/** @file Compiled models that several elements of a page share: opened by the first, closed when the last has gone. */

import type { CompiledModel } from "./compiled-model.js";

export interface SharedModel {
  readonly opened: Promise<CompiledModel>;
  /** Closes the model if nobody else uses it. */
  release(): void;
}

interface Entry {
  readonly opened: Promise<CompiledModel>;
  users: number;
}

const entries = new Map<string, Entry>();

/** @param files where onnxruntime's own files lie; default beside its script */
export function shareModel(url: string, files: string | undefined): SharedModel {
  const key = JSON.stringify([url, files]);
  const entry = entries.get(key) ?? { opened: open(url, files), users: 0 };
  entries.set(key, entry);
  entry.users++;
  // What failed is tried again by the next element that asks.
  const forget = () => entries.get(key) === entry && entries.delete(key);
  entry.opened.catch(forget);
  let released = false;
  return {
    opened: entry.opened,
    release() {
      if (released) return;
      released = true;
      entry.users--;
      // An element that is moved within the page comes back at once.
      setTimeout(() => {
        if (entry.users > 0 || !forget()) return;
        entry.opened.then((model) => model.close()).catch(() => undefined);
      });
    },
  };
}

/** The runtime is loaded with the first model, not with the page. */
async function open(url: string, files: string | undefined): Promise<CompiledModel> {
  const { openCompiledModel } = await import("./compiled-model.js");
  return openCompiledModel(url, files);
}
