/** @file The sessions of an explainer. */

import type { Graph, Value } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { withFiniteImages } from "./classifier.js";
import { worthRepackingForOne } from "./repack.js";

type Results = Record<Value, Tensor>;

/** Sessions by name, opened when first run: one for single images, and one for batches where that differs. */
export class Sessions<Name extends string> {
  readonly #runtime: Runtime;
  readonly #graphs: Readonly<Record<Name, Graph>>;
  readonly #open = new Map<string, Promise<Session>>();
  readonly #frugal: ReadonlySet<Name>;

  constructor(runtime: Runtime, graphs: Readonly<Record<Name, Graph>>) {
    this.#runtime = runtime;
    this.#graphs = graphs;
    const names = Object.keys(graphs) as Name[];
    this.#frugal = new Set(names.filter((name) => !worthRepackingForOne(graphs[name])));
  }

  /** @param batch how many images the network sees; default as many as are fed */
  async run(name: Name, feeds: Results, batch = Object.values(feeds)[0]?.dims[0]): Promise<Results> {
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
