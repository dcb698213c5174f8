/** @file The page's own models: small, and the first fetched while the runtime starts. */

import { type SampleName, samples } from "../shared/samples.js";
import type { Progress } from "./api.js";
import { fetchWithProgress } from "./loading.js";

export class OwnModels {
  readonly #base: string;
  readonly #fetched = new Map<SampleName, Promise<Uint8Array<ArrayBuffer>>>();

  /** @param base URL of the page's own folder, ending in a slash */
  constructor(base: string) {
    this.#base = base;
  }

  /** The bytes of a model, fetched once. */
  bytes(name: SampleName, progress: (progress: Progress) => void): Promise<Uint8Array<ArrayBuffer>> {
    const { model, title } = samples[name];
    const fetched = this.#fetched.get(name) ?? fetchWithProgress(new URL(model, this.#base).href, title, progress);
    this.#fetched.set(name, fetched);
    // What did not arrive is asked for again.
    fetched.catch(() => this.#fetched.delete(name));
    return fetched;
  }
}
