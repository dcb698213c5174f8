/** @file Packed archives (`.tar.gz`): unpacked into a temporary file as they stream by, so that their members are had in any order. */

import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { RandomAccess } from "../../../files/input/random-access.js";
import { readPart } from "../../../files/input/read-input.js";
import { systemCode, systemReason } from "../../../files/system-error.js";
import { openTemporary, type Temporary } from "../../../files/write/temporary.js";
import { FoveaError } from "../../../foundation/error.js";
import { bytesInWords } from "../../../foundation/words.js";

/** Photos hardly shrink; what swells to more than that is made to fill disks. */
const mostTimes = 200;
const alwaysAllowed = 2 ** 28;
/** Bytes read at a time. */
const piece = 2 ** 20;

/**
 * The unpacked archive; its file goes when it is closed, or when the process ends.
 * @throws FoveaError `bad-file` for what is no gzip file, or is cut off, or swells too much; `unwritable` where there is no room
 */
export async function unpacked(file: RandomAccess): Promise<RandomAccess> {
  const most = Math.max(alwaysAllowed, mostTimes * file.byteLength);
  const temporary = await openTemporary(tmpdir(), 0o600);
  try {
    const byteLength = await unpackInto(temporary, file, most);
    // It stays readable while it is open, and whatever becomes of this process, nothing is left.
    await temporary.release();
    return {
      where: file.where,
      byteLength,
      read: (offset, length) => readPart(temporary.file.fd, offset, length, file.where),
      close: () => closeTemporary(temporary),
    };
  } catch (error) {
    await closeTemporary(temporary);
    throw error;
  } finally {
    await file.close();
  }
}

async function unpackInto({ file: target }: Temporary, file: RandomAccess, most: number): Promise<number> {
  let bytes = 0;
  try {
    await pipeline(Readable.from(piecesOf(file)), createGunzip(), async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const each of pieces) {
        bytes += each.length;
        if (bytes > most) throw tooMuch(file, most);
        await target.writeFile(each);
      }
    });
    return bytes;
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    if (!systemCode(cause).startsWith("Z_")) {
      const expected = `expected room to unpack it in ${tmpdir()}`;
      throw new FoveaError("unwritable", `${file.where}: ${expected}, got ${systemReason(cause)}`, { cause });
    }
    const got = systemCode(cause) === "Z_BUF_ERROR" ? "one that ends too early" : "another or a damaged one";
    throw new FoveaError("bad-file", `${file.where}: expected a whole gzip file, got ${got}`, { cause });
  }
}

function tooMuch({ where, byteLength }: RandomAccess, most: number): FoveaError {
  const expected = `expected at most ${bytesInWords(most)} in ${bytesInWords(byteLength)} of gzip`;
  return new FoveaError("bad-file", `${where}: ${expected}, got more`);
}

async function* piecesOf({ byteLength, read }: RandomAccess): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < byteLength; at += piece) yield await read(at, Math.min(piece, byteLength - at));
}

async function closeTemporary({ file, release }: Temporary): Promise<void> {
  await file.close().catch(() => undefined);
  await release();
}
