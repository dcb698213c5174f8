/** @file The models that are served: whether they are open, and results of images. */

import { FoveaError, shortened } from "../../foundation/error.js";
import type { EngineImage, Job, ModelFacts, Scored } from "./engine/messages.js";
import type { Intake } from "./queue/intake.js";
import type { Pool } from "./queue/pool.js";
import type { Queue } from "./queue/queue.js";
import type { Ticket } from "./queue/ticket.js";
import { Refusal, unavailable } from "./refusal.js";

export class Service {
  /** In the order in which the user named them. */
  readonly names: readonly string[];
  readonly #parts: { readonly intake: Intake; readonly queue: Queue; readonly pool: Pool };
  #facts: ReadonlyMap<string, ModelFacts> | undefined;

  constructor(
    names: readonly string[],
    parts: { readonly intake: Intake; readonly queue: Queue; readonly pool: Pool },
  ) {
    this.names = names;
    this.#parts = parts;
  }

  /** Opens the models. @throws FoveaError as `loadModel` does; `crashed` */
  async open(): Promise<readonly ModelFacts[]> {
    const facts = await this.#parts.pool.open();
    this.#facts = new Map(facts.map((each) => [each.name, each]));
    return facts;
  }

  /** Whether a request that comes now is computed. */
  get isReady(): boolean {
    const { intake, pool } = this.#parts;
    return this.#facts !== undefined && !intake.isStopping && pool.ready > 0;
  }

  /** @throws Refusal 404 for a model that is not served, 503 before it is open */
  facts(name: string): ModelFacts {
    if (!this.names.includes(name))
      throw new Refusal(404, `model: expected one of ${this.names.join(", ")}, got ${shortened(name)}`);
    const facts = this.#facts?.get(name);
    if (facts === undefined) throw unavailable(`model ${name}: expected an open one, got one that is being opened`);
    return facts;
  }

  /**
   * The results of images, in their order.
   * @param where what an error calls image i
   * @throws FoveaError for the first image that cannot be computed; Refusal 503, 504
   */
  async compute(
    ticket: Ticket,
    job: Job,
    images: readonly EngineImage[],
    where: (i: number) => string,
  ): Promise<Scored[]> {
    const { intake, queue } = this.#parts;
    intake.accept(ticket, images.length);
    const results = await queue.submit(job, images, ticket);
    return results.map((result, i) => {
      if (!("error" in result)) return result;
      const { code, message } = result.error;
      throw new FoveaError(code, `${where(i)}: ${message.replace(/^image: (?=image: )/, "")}`);
    });
  }
}
