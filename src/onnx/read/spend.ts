/** @file Counts what a file asks for against the limits of budget.ts. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { type Counted, fileLimits, longestName } from "./budget.js";

/** Counts what a file asks for, and refuses more than is allowed. */
export class Budget {
  readonly #where: string;
  readonly #spent = new Map<Counted, number>();

  /** @param where how errors name the file */
  constructor(where: string) {
    this.#where = where;
  }

  /** @throws FoveaError `bad-graph` when the sum is above the limit */
  spend(counted: Counted, amount = 1): void {
    const spent = (this.#spent.get(counted) ?? 0) + amount;
    this.#spent.set(counted, spent);
    const { most, what } = fileLimits[counted];
    if (!(spent <= most)) throw this.refusal(`expected a model of at most ${most} ${what}, got more`);
  }

  /** @throws FoveaError `bad-graph` for a name that is too long */
  spendName(bytes: Uint8Array): void {
    this.spend("names", bytes.length);
    if (bytes.length <= longestName) return;
    const start = shortened(new TextDecoder().decode(bytes.subarray(0, 40)));
    throw this.refusal(
      `expected names of at most ${longestName} bytes, got one of ${bytes.length} that begins ${start}`,
    );
  }

  refusal(message: string): FoveaError {
    return new FoveaError("bad-graph", `${this.#where}: ${message}`);
  }
}
