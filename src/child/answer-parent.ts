/** @file The child's side: functions that answer the parent's requests. */

import { Worker } from "node:worker_threads";
import { type ErrorCode, FoveaError, messageOf } from "../foundation/error.js";

/** The functions of a child by name. Each takes one argument; argument and result are plain data, numbers and bytes. */
export type Abilities = Readonly<Record<string, (argument: never) => unknown>>;

/** A request: the name of an ability, and its argument. */
export interface Request {
  readonly name: string;
  readonly argument: unknown;
}

/** What the ability gave, or threw. */
export type Answer = { readonly value: unknown } | { readonly error: PlainError };

/** An error as plain data; only a `FoveaError` has a code. */
export interface PlainError {
  readonly code?: ErrorCode | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** The file descriptor whose other end the parent holds while it lives. */
const lifeline = 4;

/** Answers requests from now on. The process ends with the parent, and where it holds more memory than the parent said. */
export function answerParent(abilities: Abilities): void {
  const bytes = Number(process.argv[2]);
  const watchdog = new Worker(new URL("./watchdog.js", import.meta.url), { workerData: { lifeline, bytes } });
  process.on("message", async ({ name, argument }: Request) => {
    process.send?.(await answerTo(abilities[name], argument));
  });
  watchdog.once("message", () => {
    watchdog.unref();
    process.send?.("ready");
  });
}

async function answerTo(ability: Abilities[string] | undefined, argument: unknown): Promise<Answer> {
  try {
    if (ability === undefined) throw new Error("internal: the child has no such ability");
    return { value: await ability(argument as never) };
  } catch (error) {
    const { stack } = error instanceof Error ? error : {};
    return { error: { code: error instanceof FoveaError ? error.code : undefined, message: messageOf(error), stack } };
  }
}
