/** @file Why a request gets no result: the status of its answer, and one sentence. */

import { type ErrorCode, FoveaError } from "../../foundation/error.js";

/** A refusal that no code of a `FoveaError` says. */
export class Refusal extends Error {
  readonly status: number;
  /** Seconds after which the client may ask again; undefined where that is of no use. */
  readonly retryAfter: number | undefined;

  constructor(status: number, sentence: string, { retryAfter }: { readonly retryAfter?: number } = {}) {
    super(sentence);
    this.name = "Refusal";
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Refuses for now. */
export function unavailable(sentence: string): Refusal {
  return new Refusal(503, sentence, { retryAfter: 1 });
}

/** What a request lacks, as every message says it. */
export function badRequest(where: string, expected: string, got: string): Refusal {
  return new Refusal(400, `${where}: expected ${expected}, got ${got}`);
}

/** The codes that are not the fault of the request. */
const ownStatus: Partial<Record<ErrorCode, number>> = { crashed: 502, closed: 503 };

export function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  return error instanceof FoveaError ? (ownStatus[error.code] ?? 400) : 500;
}
