/** @file The worker's host: ends a worker that crashed or does not answer, and has another take over with what was open. */

import type { ModelView, OpenedPicture, PictureSource } from "./api.js";

/** A worker, and the engine in it. */
export interface Begun<Engine> {
  readonly worker: Pick<Worker, "terminate" | "addEventListener">;
  readonly engine: Engine;
}

/** A worker with a promise that is rejected when it is ended. */
interface Life extends Begun<unknown> {
  readonly ended: Promise<never>;
  readonly end: (reason: unknown) => void;
}

export interface EngineHostOptions<Engine> {
  /** Starts a worker. */
  readonly begin: () => Begun<Engine>;
  /** The arguments of `openSample`, which opens the page's own model. */
  readonly ownModel: readonly unknown[];
  /** What a request waits for before the worker is asked. Default nothing. */
  readonly before?: (method: string) => Promise<void> | undefined;
  /** Seconds without a sign of life after which a worker is ended. */
  readonly seconds: number;
  /** Told every second how long the worker has not answered, and once that it does: undefined. */
  readonly onSilence: (seconds: number | undefined) => void;
  /** Told when another worker has what was open, and which model that is where it is not the one before: the page's own. */
  readonly onRestored: (other: ModelView | undefined) => void;
}

type Arguments = readonly unknown[];
/** The request that opened a model. */
type Opening = readonly [method: string, args: Arguments];
type Method = (...args: unknown[]) => Promise<unknown>;

/** Requests whose answer nobody waits for; the end of the worker does all that they ask for. */
const controls = /^(cancel|stop\w*|closePictures)$/;

/** Seconds without an answer that are nothing to speak of. */
const usualSilence = 3;

/** Workers that may be ended one after the other without an answer between them. */
const mostInARow = 3;

export class EngineHost<Engine> {
  /** The engine of whichever worker lives. */
  readonly engine: Engine;
  readonly #options: EngineHostOptions<Engine>;
  #lives: Life | undefined;
  /** When the worker has all that was open. */
  #ready: Promise<unknown> = Promise.resolve();
  #started: Arguments | undefined;
  #model: Opening | undefined;
  readonly #pictures = new Map<number, PictureSource>();
  #waiting = 0;
  #silence = 0;
  #endedInARow = 0;

  constructor(options: EngineHostOptions<Engine>) {
    this.#options = options;
    const call = (_: unknown, method: string | symbol) =>
      // A promise that resolves with this must not take it for another promise.
      method === "then" ? undefined : (...args: unknown[]) => this.#call(String(method), args);
    this.engine = new Proxy({}, { get: call }) as Engine;
    setInterval(() => this.#look(), 1000);
  }

  /** Begun when it is first asked: until then the page shows what came with it. */
  get #life(): Life {
    this.#lives ??= this.#begin();
    return this.#lives;
  }

  /**
   * Ends the worker; another one opens what was open. Requests that wait for it are rejected.
   * @param reason what they are rejected with
   */
  end(reason: unknown): void {
    this.#life.worker.terminate();
    this.#life.end(reason);
    this.#endedInARow++;
    this.#silence = 0;
    this.#options.onSilence(undefined);
    this.#lives = this.#begin();
    this.#ready = this.#restore();
    // Thrown where a request waits for it.
    this.#ready.catch(() => undefined);
  }

  #begin(): Life {
    const begun = this.#options.begin();
    let end: Life["end"] = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    ended.catch(() => undefined);
    begun.worker.addEventListener("message", () => {
      if (this.#silence > usualSilence) this.#options.onSilence(undefined);
      this.#silence = 0;
    });
    return { ...begun, ended, end };
  }

  /** A worker that does nothing for the page need not answer; one that works answers between two runs of a network. */
  #look(): void {
    if (this.#waiting === 0) return;
    this.#silence++;
    void methodOf(this.#life, "isAlive")();
    if (this.#silence > usualSilence) this.#options.onSilence(this.#silence);
    const { seconds } = this.#options;
    if (this.#silence < seconds) return;
    this.end(
      new Error(`It took longer than ${seconds} s and was ended: choose another method, layer, image or model.`),
    );
  }

  async #call(method: string, args: Arguments): Promise<unknown> {
    let life = this.#life;
    try {
      await this.#options.before?.(method);
      life = this.#life;
      await this.#ready;
      const result = await this.#ask(method, args);
      this.#remember(method, args, result);
      return result;
    } catch (error) {
      if (life === this.#life) throw error;
      // What opens pictures runs no network, so it was something else that the worker was ended for.
      if (method === "openPictures") return this.#call(method, args);
      if (controls.test(method)) return undefined;
      throw error;
    }
  }

  async #ask(method: string, args: Arguments): Promise<unknown> {
    const life = this.#life;
    this.#waiting++;
    try {
      const result = await Promise.race([methodOf(life, method)(...args), life.ended]);
      this.#endedInARow = 0;
      return result;
    } finally {
      this.#waiting--;
    }
  }

  /** Keeps what another worker would have to know. */
  #remember(method: string, args: Arguments, result: unknown): void {
    if (method === "start") this.#started = args;
    if (method === "openModel" || method === "openSample") this.#model = [method, args];
    if (method === "closePictures") for (const id of args[0] as readonly number[]) this.#pictures.delete(id);
    if (method === "restorePictures") this.#known(args[0] as readonly (readonly [number, PictureSource])[]);
    if (method !== "openPictures") return;
    const sources = args[0] as readonly PictureSource[];
    (result as readonly OpenedPicture[]).forEach(({ view }, i) => {
      const source = sources[i];
      if (view && source) this.#pictures.set(view.id, source);
    });
  }

  #known(pictures: readonly (readonly [id: number, source: PictureSource])[]): void {
    for (const [id, source] of pictures) this.#pictures.set(id, source);
  }

  /** A model that ends this worker as well, or is refused now, gives way to the page's own. */
  async #restore(): Promise<void> {
    if (this.#started === undefined) return;
    if (this.#endedInARow > mostInARow) throw new Error("The page cannot go on: load it again.");
    const [life, model] = [this.#life, this.#model];
    this.#model = undefined;
    await this.#ask("start", this.#started);
    await this.#ask("restorePictures", [[...this.#pictures]]);
    if (model && (await this.#opens(model, life))) return this.#options.onRestored(undefined);
    const own = ["openSample", this.#options.ownModel] as const;
    const view = (await this.#ask(...own)) as ModelView;
    this.#model = own;
    this.#options.onRestored(view);
  }

  /** Whether the model is open now. @throws what the worker was ended with */
  async #opens(model: Opening, life: Life): Promise<boolean> {
    try {
      await this.#ask(...model);
      this.#model = model;
      return true;
    } catch (error) {
      if (life !== this.#life) throw error;
      return false;
    }
  }
}

function methodOf({ engine }: Life, name: string): Method {
  const method = (engine as Readonly<Record<string, Method | undefined>>)[name];
  if (method === undefined) throw new Error(`internal: the engine has no ${name}`);
  return method;
}
