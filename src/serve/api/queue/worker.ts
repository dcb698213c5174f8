/** @file One worker: a child process that has all models open, and is started again when it dies. */

import { type Ask, Child } from "../../../child/child.js";
import type { ChildLimits } from "../../../child/limits.js";
import type { Engine, ModelFacts, OpenRequest, Refused, RunRequest, Scored } from "../engine/messages.js";

export interface WorkerOptions {
  /** The file that its process runs, which is an `Engine`. */
  readonly module: URL;
  readonly request: OpenRequest;
  readonly limits: ChildLimits;
  /** Told in sentences what computes, where that is not plainly the device. */
  readonly onDevice: (sentence: string) => void;
}

export class Worker {
  readonly #child: Child<Engine>;
  readonly #request: OpenRequest;
  readonly #onDevice: WorkerOptions["onDevice"];
  /** The life of the child in which the models are open. */
  #life: number | undefined;
  #gone = new AbortController();

  constructor({ module, request, limits, onDevice }: WorkerOptions) {
    this.#child = new Child<Engine>({ name: "a worker", module, ...limits });
    this.#request = request;
    this.#onDevice = onDevice;
  }

  /** The models are open. */
  get isReady(): boolean {
    return this.#life !== undefined && this.#child.isAlive(this.#life);
  }

  /** Aborted when the process that has the models open is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** The system's number of its process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws FoveaError as `loadModel` does; `crashed` */
  async open(): Promise<ModelFacts[]> {
    return this.#child.inTurn((ask) => this.#openBy(ask));
  }

  /** @throws FoveaError for what is wrong with all of the images; `crashed` */
  async run(request: RunRequest): Promise<(Scored | Refused)[]> {
    return this.#child.inTurn(async (ask) => {
      if (!this.isReady) await this.#openBy(ask);
      const doing = request.explain ? "explaining images" : "scoring images";
      const { results, told } = await ask("run", request, { doing });
      told.forEach(this.#onDevice);
      return results;
    });
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  async #openBy(ask: Ask<Engine>): Promise<ModelFacts[]> {
    const { facts, told } = await ask("open", this.#request, { doing: "opening the models" });
    told.forEach(this.#onDevice);
    this.#life = this.#child.lives;
    const gone = new AbortController();
    this.#gone = gone;
    this.#child.ended().then(() => gone.abort());
    return facts;
  }
}
