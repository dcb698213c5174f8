/** @file The sessions of an explainer. */

import type { Graph } from "../../onnx/graph.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { withFiniteImages } from "./classifier.js";
import { Lifetime } from "./lifetime.js";
import { worthRepackingForOne } from "./repack.js";
import type { Tensors } from "./tensors.js";

/** Sessions of graphs, opened when first run: one for single images, and one for batches where that differs. */
export class Sessions {
  readonly #runtime: Runtime;
  readonly #open = new Map<Graph, Map<boolean, Promise<Session>>>();
  readonly #worthRepacking = new Map<Graph, boolean>();
  readonly #lifetime = new Lifetime("sessions");

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
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

  /** Waits for what runs. */
  close(): Promise<void> {
    return this.#lifetime.close(async () => {
      for (const sessions of this.#open.values()) {
        // What could not be opened was told when it was asked for.
        for (const session of sessions.values()) await (await session.catch(() => undefined))?.close();
      }
      this.#open.clear();
    });
  }

  #session(graph: Graph, repack: boolean): Promise<Session> {
    const sessions = this.#open.get(graph) ?? new Map<boolean, Promise<Session>>();
    const session = sessions.get(repack) ?? this.#runtime.open(graph, { repack });
    this.#open.set(graph, sessions.set(repack, session));
    return session;
  }

  #isWorthRepacking(graph: Graph): boolean {
    const worth = this.#worthRepacking.get(graph) ?? worthRepackingForOne(graph);
    this.#worthRepacking.set(graph, worth);
    return worth;
  }
}
