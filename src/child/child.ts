/** @file A child process that answers requests in turn, within limits of time and memory, and is started again when it died. */

import { FoveaError } from "../foundation/error.js";
import type { Abilities, PlainError } from "./answer-parent.js";
import { deathError } from "./death.js";
import { Life } from "./life.js";
import { type ChildLimits, limitsOf } from "./limits.js";

export interface ChildOptions extends ChildLimits {
  /** The program in errors, e.g. `onnxruntime`. */
  readonly name: string;
  /** A file that calls `answerParent`. */
  readonly module: URL;
}

/** How a request is put. */
export interface AskOptions {
  /** What is done, in errors, e.g. `running the model`. */
  readonly doing: string;
  /** Ends the process, and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Puts a request: the name of an ability, its argument, and what is done in words. */
export type Ask<Does extends Abilities> = <Name extends keyof Does & string>(
  name: Name,
  argument: Parameters<Does[Name]>[0],
  options: AskOptions,
) => Promise<Awaited<ReturnType<Does[Name]>>>;

/**
 * A process with abilities, started at the first request. It gets one request at a time, so that the one that it died of is known; others
 * wait. It ends with this process, and never keeps it from ending.
 */
export class Child<Does extends Abilities> {
  readonly #options: Required<ChildOptions>;
  #life: Life | undefined;
  #lives = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws FoveaError `bad-input` for limits that are no positive numbers */
  constructor(options: ChildOptions) {
    this.#options = { ...options, ...limitsOf(options) };
  }

  /** How many processes were started. What the last one has open is gone once it is no longer alive. */
  get lives(): number {
    return this.#lives;
  }

  /** Whether the process that was started as number `life` takes requests. */
  isAlive(life: number): boolean {
    return life === this.#lives && this.#life?.isOver === false;
  }

  /** Resolves once the process that was started last is gone; at once where none was. */
  async ended(): Promise<void> {
    await this.#life?.death;
  }

  /** The system's number of the process that was started last. */
  get pid(): number | undefined {
    return this.#life?.pid;
  }

  /**
   * Puts one request, in its turn.
   * @throws FoveaError as the ability does; `crashed` where the process died of it, or was ended at a limit
   */
  readonly ask: Ask<Does> = (name, argument, options) => this.inTurn((ask) => ask(name, argument, options));

  /** Does work of several requests, with none of others between them; `work` puts them by the function that it is given. */
  inTurn<Result>(work: (ask: Ask<Does>) => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => work(this.#put));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the process; a later request starts another. */
  async close(): Promise<void> {
    await this.#life?.end("stopped");
  }

  readonly #put = async <Result>(name: string, argument: unknown, { doing, signal }: AskOptions): Promise<Result> => {
    signal?.throwIfAborted();
    const { seconds, bytes, name: program } = this.#options;
    const came = await this.#living().put({ name, argument }, { seconds, signal });
    if ("value" in came) return came.value as Result;
    if ("error" in came) throw errorOf(came.error);
    signal?.throwIfAborted();
    if (came.reason === "stopped") throw new FoveaError("closed", `${program} was closed while ${doing}`);
    throw deathError(came, { name: program, doing, seconds, bytes });
  };

  #living(): Life {
    if (this.#life === undefined || this.#life.isOver) {
      this.#life = new Life(this.#options.module, this.#options.bytes);
      this.#lives++;
    }
    return this.#life;
  }
}

function errorOf({ code, message, stack }: PlainError): Error {
  const error = code === undefined ? new Error(message) : new FoveaError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
