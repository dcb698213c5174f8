/** @file Asks once more where an answer may come another time. */

import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../../../files/transfer/answer.js";

/** Milliseconds before the second, the third and the fourth attempt. */
const pauses = [250, 1000, 4000];

/** Does what may be interrupted. @throws what `action` throws last; at once, where that is no `Interrupted` */
export async function retrying<Result>(action: () => Promise<Result>): Promise<Result> {
  for (const pause of pauses) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      await sleep(pause);
    }
  }
  return action();
}

/** Whether an HTTP status may be another one the next time. */
export function isPassing(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** The system's codes for connections that break, or cannot be made for the moment. */
const passing = [
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
];

export function isPassingCode(code: string): boolean {
  return passing.includes(code) || /^UND_ERR_(?!INVALID)/.test(code);
}
