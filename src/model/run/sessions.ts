/** @file The sessions of an explainer. */

import { closeAll, Lifetime } from "../../foundation/lifetime.js";
import type { Graph } from "../../onnx/graph.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import { withFiniteImages } from "./classifier.js";
import { worthRepackingForOne } from "./repack.js";
import type { Tensors } from "./tensors.js";

/** Sessions of graphs, opened when first run: one for single images, and one for batches where that differs. */
export class Sessions {
  readonly #runtime: Runtime;
  readonly #takesTurns: boolean;
  readonly #repacked = new SessionCache<Graph>();
  readonly #asStored = new SessionCache<Graph>();
  readonly #worthRepacking = new Map<Graph, boolean>();
  readonly #lifetime = new Lifetime("sessions");

  /** @param takesTurns whether their runs take turns with those of others */
  constructor(runtime: Runtime, { takesTurns = false }: { readonly takesTurns?: boolean } = {}) {
    this.#runtime = runtime;
    this.#takesTurns = takesTurns;
  }

  /**
   * @param batch how many images the network sees; default as many as are fed
   * @throws FoveaError `closed`, `bad-input` for images that are not finite
   */
  run(graph: Graph, feeds: Tensors, batch = Object.values(feeds)[0]?.dims[0]): Promise<Tensors> {
    return this.#lifetime.run(async () => {
      const session = await this.#session(graph, batch !== 1 || this.#isWorthRepacking(graph));
      return withFiniteImages(await session.run(feeds), feeds);
    });
  }

  /** Waits for running work. */
  close(): Promise<void> {
    return this.#lifetime.close(() => closeAll([this.#repacked, this.#asStored]));
  }

  #session(graph: Graph, repack: boolean): Promise<Session> {
    const cache = repack ? this.#repacked : this.#asStored;
    return cache.get(graph, () => this.#runtime.open(graph, { repack, takesTurns: this.#takesTurns }));
  }

  #isWorthRepacking(graph: Graph): boolean {
    const worth = this.#worthRepacking.get(graph) ?? worthRepackingForOne(graph);
    this.#worthRepacking.set(graph, worth);
    return worth;
  }
}
