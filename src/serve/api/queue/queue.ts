/** @file Images that wait, and the batches that they become. */

import type { EngineImage, Job, Refused, Scored } from "../engine/messages.js";
import type { Ticket } from "./ticket.js";

/** An image that waits for its result. */
export interface Task {
  readonly job: Job;
  /** Tasks of one key may share a run. */
  readonly key: string;
  readonly image: EngineImage;
  readonly ticket: Ticket;
  /** A worker died of a batch that it was in; now it is run alone. */
  readonly again: boolean;
  readonly resolve: (result: Scored | Refused) => void;
  readonly reject: (error: unknown) => void;
}

export interface QueueOptions {
  /** Images in one batch. */
  readonly maxBatch: number;
  /** Milliseconds that an image waits for others to share its run. */
  readonly maxDelay: number;
}

type Taker = (batch: readonly Task[] | undefined) => void;

export class Queue {
  readonly #options: QueueOptions;
  #waiting: readonly Task[] = [];
  readonly #takers = new Set<Taker>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * The results of images, in their order.
   * @throws the reason of the ticket's signal; those images that wait still are then not computed
   */
  async submit(job: Job, images: readonly EngineImage[], ticket: Ticket): Promise<(Scored | Refused)[]> {
    const { signal } = ticket;
    signal.throwIfAborted();
    const results = images.map(
      (image) =>
        new Promise<Scored | Refused>((resolve, reject) => {
          const task = { job, key: keyOf(job, image), image, ticket, again: false, resolve, reject };
          this.#waiting = [...this.#waiting, task];
        }),
    );
    this.#hand();
    return withSignal(Promise.all(results), signal, () => {
      this.#waiting = this.#waiting.filter((task) => task.ticket !== ticket);
    });
  }

  /** The next batch; undefined when `signal` is aborted before there is one. */
  next(signal: AbortSignal): Promise<readonly Task[] | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const give: Taker = (batch) => {
        this.#takers.delete(give);
        signal.removeEventListener("abort", stop);
        resolve(batch);
      };
      const stop = () => give(undefined);
      signal.addEventListener("abort", stop);
      this.#takers.add(give);
      this.#hand();
    });
  }

  /** Puts images to the front, each to be run alone. */
  putBack(tasks: readonly Task[]): void {
    const alive = tasks.filter(({ ticket }) => !ticket.signal.aborted);
    this.#waiting = [...alive.map((task) => ({ ...task, again: true })), ...this.#waiting];
    this.#hand();
  }

  #hand(): void {
    clearTimeout(this.#timer);
    for (const give of this.#takers) {
      const batch = this.#due();
      if (batch.length === 0) break;
      this.#waiting = this.#waiting.filter((task) => !batch.includes(task));
      give(batch);
    }
    const [oldest] = this.#waiting;
    if (oldest === undefined || this.#takers.size === 0) return;
    const left = this.#options.maxDelay - age(oldest);
    this.#timer = setTimeout(() => this.#hand(), Math.max(1, left));
  }

  /** The first batch that is full, or has waited long enough. */
  #due(): readonly Task[] {
    const { maxBatch, maxDelay } = this.#options;
    for (const [first, ...others] of groupsOf(this.#waiting)) {
      if (first.again) return [first];
      const batch = [first, ...others].slice(0, maxBatch);
      if (batch.length === maxBatch || age(first) >= maxDelay) return batch;
    }
    return [];
  }
}

/** Images that may share a run, the group of the oldest first. */
function groupsOf(tasks: readonly Task[]): Iterable<readonly [Task, ...Task[]]> {
  const groups = new Map<string, [Task, ...Task[]]>();
  for (const [i, task] of tasks.entries()) {
    const key = task.again ? `again ${i}` : task.key;
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return groups.values();
}

function age({ ticket }: Task): number {
  return performance.now() - ticket.arrived;
}

/** Files become inputs of one size; tensors have the one that they have. */
function keyOf(job: Job, image: EngineImage): string {
  return JSON.stringify([job, "tensor" in image ? image.tensor.dims : "file"]);
}

/** @param stop is called when there will be no result: `signal` is aborted, or a part of the work failed */
async function withSignal<Result>(work: Promise<Result>, signal: AbortSignal, stop: () => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    work.then(resolve, fail).finally(() => signal.removeEventListener("abort", abort));
  });
}
