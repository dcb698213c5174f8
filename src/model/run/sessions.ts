/** @file The sessions of an explainer. */

import { closeAll, Lifetime } from "../../foundation/lifetime.js";
import type { Graph } from "../../onnx/graph.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import { checkSum } from "./classifier.js";
import { openPacked } from "./packed.js";
import { worthRepackingForOne } from "./repack.js";
import type { Tensors } from "./tensors.js";

/** Bytes of weights up to which a second session is cheap. */
const smallWeights = 2 ** 22;

/** Whether a graph is so small that sessions for special cases of it cost nothing. */
export function isSmall(graph: Graph): boolean {
  return [...graph.initializers.values()].reduce((sum, { byteLength }) => sum + byteLength, 0) <= smallWeights;
}

/** Sessions of graphs, opened when first run: one for batches, and one for single images where that differs. */
export class Sessions {
  readonly #runtime: Runtime;
  readonly #takesTurns: boolean;
  readonly #forAny = new SessionCache<Graph>();
  readonly #forOne = new SessionCache<Graph>();
  readonly #worthOneApart = new Map<Graph, boolean>();
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
      const session = await this.#session(graph, batch === 1 && this.#isWorthOneApart(graph));
      const results = await session.run(feeds);
      checkSum(results, feeds);
      return results;
    });
  }

  /** Waits for running work. */
  close(): Promise<void> {
    return this.#lifetime.close(() => closeAll([this.#forAny, this.#forOne]));
  }

  #session(graph: Graph, forOne: boolean): Promise<Session> {
    const options = { takesTurns: this.#takesTurns, forOne };
    if (!forOne) return this.#forAny.get(graph, () => openPacked(this.#runtime, graph, options));
    return this.#forOne.get(graph, () =>
      openPacked(this.#runtime, graph, { ...options, repack: worthRepackingForOne(graph) }),
    );
  }

  #isWorthOneApart(graph: Graph): boolean {
    const worth = this.#worthOneApart.get(graph) ?? (isSmall(graph) || !worthRepackingForOne(graph));
    this.#worthOneApart.set(graph, worth);
    return worth;
  }
}
