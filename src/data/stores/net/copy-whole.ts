/** @file Copies of files whose servers know no parts: brought once, and read in parts from disk. */

import type { RandomAccess } from "../../../files/input/random-access.js";
import { followed, Interrupted, reasonOf } from "../../../files/transfer/answer.js";
import type { Pace } from "../../../files/transfer/pace.js";
import { FoveaError } from "../../../foundation/error.js";
import { bytesInWords } from "../../../foundation/words.js";
import { Scratch } from "../scratch.js";
import type { WebFile } from "./ask-web.js";
import { paced } from "./collect.js";
import { retrying } from "./retry.js";

/** Bytes of a copy. */
const most = 2 ** 36;

/** @throws FoveaError `network`, `unwritable` where there is no room */
export async function copyWhole(file: WebFile): Promise<RandomAccess> {
  const scratch = await Scratch.open(file.where);
  try {
    await retrying(() => paced((pace) => bring(file, scratch, pace)));
    return scratch.access();
  } catch (error) {
    await scratch.close();
    throw error;
  }
}

async function bring({ url, where, loopback, bearer }: WebFile, scratch: Scratch, pace: Pace): Promise<void> {
  await scratch.clear();
  try {
    const { status, body, headers } = await followed(url, { signal: pace.signal }, { loopback, bearer });
    if (status !== 200) throw new Interrupted(`${where}: expected a file, got HTTP status ${status}`);
    for await (const piece of body ?? []) {
      pace.came(piece.length);
      if (scratch.bytes + piece.length > most) throw tooLarge(where);
      await scratch.append(piece);
    }
    const length = headers.get("content-length");
    if (length !== null && Number(length) !== scratch.bytes) {
      throw new Interrupted(`${where}: expected ${length} bytes, got ${scratch.bytes}`);
    }
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    const got = pace.signal.aborted ? String(pace.signal.reason) : reasonOf(cause).replaceAll(url, where);
    throw new Interrupted(`${where}: expected a file, got ${got} after ${scratch.bytes} bytes`);
  }
}

function tooLarge(where: string): FoveaError {
  const expected = `expected at most ${bytesInWords(most)} from a server that gives no parts of files`;
  return new FoveaError("network", `${where}: ${expected}, got more`);
}
