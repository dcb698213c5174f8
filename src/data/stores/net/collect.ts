/** @file Collects what comes from the net: no more than was asked for, not too slowly, and whole. */

import { inputKinds } from "../../../files/input/input-kinds.js";
import { Interrupted } from "../../../files/transfer/answer.js";
import { Pace } from "../../../files/transfer/pace.js";
import { FoveaError } from "../../../foundation/error.js";
import { bytesInWords } from "../../../foundation/words.js";

/** Bytes of one answer: no image and no list is larger, and archives are read in parts. */
const most = inputKinds.image.most;

/** Nothing for half a minute, or less than a kilobyte a second. */
export const usualPace = { patience: 30_000, leastRate: 1000 };

export interface Collecting {
  /** How errors call it. */
  readonly where: string;
  /** Bytes that are to come: what comes after them is not read. Default all, whatever comes. */
  readonly bytes?: number | undefined;
  /** Whether there may be fewer, which are else an interruption. Default false. */
  readonly orFewer?: boolean;
  readonly pace: Pace;
}

/**
 * @throws Interrupted where it breaks off or comes too slowly; FoveaError `bad-file` for more than memory is kept for
 */
export async function collect(
  body: AsyncIterable<Uint8Array | string>,
  { where, bytes, orFewer = false, pace }: Collecting,
): Promise<Uint8Array> {
  if (bytes !== undefined && bytes > most) throw tooLarge(where, bytes);
  const pieces: Uint8Array[] = [];
  let done = 0;
  try {
    for await (const piece of body) {
      const came = typeof piece === "string" ? Buffer.from(piece) : piece;
      done += came.length;
      if (done > most) throw tooLarge(where, done);
      pace.came(came.length);
      pieces.push(came);
      if (bytes !== undefined && done >= bytes) break;
    }
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    const got = pace.signal.aborted ? String(pace.signal.reason) : `one that broke off after ${done} bytes`;
    throw new Interrupted(`${where}: expected an answer, got ${got}`, { cause });
  }
  if (bytes !== undefined && done < bytes && !orFewer) {
    throw new Interrupted(`${where}: expected ${bytes} bytes, got an answer that broke off after ${done}`);
  }
  const all = Buffer.concat(pieces);
  return bytes === undefined ? all : all.subarray(0, bytes);
}

function tooLarge(where: string, bytes: number): FoveaError {
  const expected = `expected at most ${bytesInWords(most)} at once`;
  return new FoveaError("bad-file", `${where}: ${expected}, got ${bytesInWords(bytes)} or more`);
}

/** Does some work that comes from the net; it is given up when it comes too slowly. */
export async function paced<Result>(work: (pace: Pace) => Promise<Result>, limits = usualPace): Promise<Result> {
  const pace = new Pace(limits);
  try {
    return await work(pace);
  } finally {
    pace.end();
  }
}
