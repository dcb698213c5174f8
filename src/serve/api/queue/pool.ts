/** @file The workers: each takes a batch when it is free; what one dies of is tried once more. */

import { setTimeout as wait } from "node:timers/promises";
import { FoveaError, messageOf } from "../../../foundation/error.js";
import type { ModelFacts } from "../engine/messages.js";
import type { Queue, Task } from "./queue.js";
import { Worker, type WorkerOptions } from "./worker.js";

/** What the pool tells of. */
export interface PoolEvents {
  /** A worker's process died. @param sentence how */
  crashed(sentence: string): void;
  /** @param seconds that the batch took */
  computed(batch: readonly Task[], seconds: number): void;
  /** A fault of the server itself. */
  failed(error: unknown): void;
}

export interface PoolOptions extends WorkerOptions {
  readonly workers: number;
}

/** Milliseconds before models that could not be opened again are tried once more: the first time, and at most. */
const [firstPause, longestPause] = [500, 30_000];

export class Pool {
  readonly #workers: readonly Worker[];
  readonly #queue: Queue;
  readonly #events: PoolEvents;
  readonly #stopping = new AbortController();
  #computing = 0;

  constructor(queue: Queue, { workers, ...options }: PoolOptions, events: PoolEvents) {
    this.#workers = Array.from({ length: workers }, () => new Worker(options));
    this.#queue = queue;
    this.#events = events;
  }

  /** How many workers have the models open. */
  get ready(): number {
    return this.#workers.filter(({ isReady }) => isReady).length;
  }

  /** Images that workers have taken. */
  get computing(): number {
    return this.#computing;
  }

  /** The system's numbers of the processes. */
  get pids(): number[] {
    return this.#workers.flatMap(({ pid }) => pid ?? []);
  }

  /** Opens the models in all workers, which then take batches. @throws FoveaError as `loadModel` does; `crashed` */
  async open(): Promise<ModelFacts[]> {
    const [facts = []] = await Promise.all(this.#workers.map((worker) => worker.open()));
    for (const worker of this.#workers) this.#work(worker).catch((error) => this.#events.failed(error));
    return facts;
  }

  /** Ends all workers, whatever they do. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #work(worker: Worker): Promise<void> {
    const stopping = this.#stopping.signal;
    while (!stopping.aborted) {
      if (!(await this.#isOpen(worker))) continue;
      const batch = await this.#queue.next(worker.gone);
      if (batch) await this.#run(worker, batch);
      else if (!stopping.aborted) this.#events.crashed("a worker ended while it was waiting");
    }
  }

  /** Opens the models of a worker that was started again. */
  async #isOpen(worker: Worker): Promise<boolean> {
    const stopping = this.#stopping.signal;
    for (let pause = firstPause; !worker.isReady; pause = Math.min(2 * pause, longestPause)) {
      try {
        await worker.open();
      } catch (error) {
        if (stopping.aborted) return false;
        this.#events.failed(error);
        await wait(pause, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
    return true;
  }

  async #run(worker: Worker, tasks: readonly Task[]): Promise<void> {
    const batch = tasks.filter(({ ticket }) => !ticket.signal.aborted);
    const [first] = batch;
    if (first === undefined) return;
    const until = Math.max(...batch.map(({ ticket }) => ticket.until));
    const began = performance.now();
    this.#computing += batch.length;
    try {
      const results = await worker.run({ ...first.job, images: batch.map(({ image }) => image), until });
      this.#events.computed(batch, (performance.now() - began) / 1000);
      for (const [i, { resolve, reject }] of batch.entries()) {
        const result = results[i];
        if (result) resolve(result);
        else reject(new Error("internal: a worker gave no result"));
      }
    } catch (error) {
      this.#fail(batch, error);
    } finally {
      this.#computing -= batch.length;
    }
  }

  #fail(batch: readonly Task[], error: unknown): void {
    const isCrash = error instanceof FoveaError && error.code === "crashed";
    if (isCrash) this.#events.crashed(messageOf(error));
    const given = isCrash ? batch.filter(({ again }) => again) : batch;
    if (!(error instanceof FoveaError) && given.some(({ ticket }) => !ticket.signal.aborted))
      this.#events.failed(error);
    for (const { reject } of given) reject(error);
    if (isCrash) this.#queue.putBack(batch.filter(({ again }) => !again));
  }
}
