/** @file The sessions of an explainer. */

import type { Runtime, Session } from "../runtime/index.js";
import { withFiniteImages } from "./classifier.js";
import { worthRepackingForOne } from "./repack.js";
import type { ExplanationGraphs, Results } from "./runner.js";

type SessionGraphs = Pick<ExplanationGraphs, "whole" | "front" | "tail">;

/** Sessions by name, opened when first run: one for single images, and one for batches where that differs. */
export class Sessions {
  readonly #runtime: Runtime;
  readonly #graphs: SessionGraphs;
  readonly #open = new Map<string, Promise<Session>>();
  readonly #frugal = new Set<keyof SessionGraphs>();

  constructor(runtime: Runtime, graphs: SessionGraphs) {
    this.#runtime = runtime;
    this.#graphs = graphs;
    for (const name of ["whole", "front", "tail"] as const) {
      if (!worthRepackingForOne(graphs[name])) this.#frugal.add(name);
    }
  }

  /** @param batch how many images the network sees; default as many as are fed */
  async run(name: keyof SessionGraphs, feeds: Results, batch = Object.values(feeds)[0]?.dims[0]): Promise<Results> {
    const repack = batch !== 1 || !this.#frugal.has(name);
    const key = `${name} ${repack}`;
    const session = this.#open.get(key) ?? this.#runtime.open(this.#graphs[name], { repack });
    this.#open.set(key, session);
    return withFiniteImages(await (await session).run(feeds), feeds);
  }

  async close(): Promise<void> {
    // What could not be opened was told when it was asked for.
    for (const session of this.#open.values()) await (await session.catch(() => undefined))?.close();
    this.#open.clear();
  }
}
