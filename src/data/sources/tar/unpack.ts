/** @file Packed archives (`.tar.gz`): unpacked into a file without a name as they stream by, so that their members are had in any order. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { RandomAccess } from "../../../files/input/random-access.js";
import { systemCode } from "../../../files/system-error.js";
import { FoveaError } from "../../../foundation/error.js";
import { bytesInWords } from "../../../foundation/words.js";
import { Scratch } from "../../stores/scratch.js";

/** Photos hardly shrink; what swells to more than that is made to fill disks. */
const mostTimes = 200;
const alwaysAllowed = 2 ** 28;
/** Bytes read at a time. */
const piece = 2 ** 20;

/**
 * The unpacked archive.
 * @throws FoveaError `bad-file` for what is no gzip file, is cut off, or swells too much; `unwritable` where there is no room
 */
export async function unpacked(file: RandomAccess): Promise<RandomAccess> {
  const most = Math.max(alwaysAllowed, mostTimes * file.byteLength);
  const scratch = await Scratch.open(file.where);
  try {
    await pipeline(Readable.from(piecesOf(file)), createGunzip(), async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const each of pieces) {
        if (scratch.bytes + each.length > most) throw tooMuch(file, most);
        await scratch.append(each);
      }
    });
    return scratch.access();
  } catch (cause) {
    await scratch.close();
    if (cause instanceof FoveaError) throw cause;
    const got = systemCode(cause) === "Z_BUF_ERROR" ? "one that ends too early" : "another or a damaged one";
    throw new FoveaError("bad-file", `${file.where}: expected a whole gzip file, got ${got}`, { cause });
  } finally {
    await file.close();
  }
}

function tooMuch({ where, byteLength }: RandomAccess, most: number): FoveaError {
  const expected = `expected at most ${bytesInWords(most)} in ${bytesInWords(byteLength)} of gzip`;
  return new FoveaError("bad-file", `${where}: ${expected}, got more`);
}

async function* piecesOf({ byteLength, read }: RandomAccess): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < byteLength; at += piece) yield await read(at, Math.min(piece, byteLength - at));
}
