/** @file The files in a tar archive, with the places of their bytes: only headers are read. */

import type { RandomAccess } from "../../../files/input/random-access.js";
import { FoveaError, shortened } from "../../../foundation/error.js";
import { bytesInWords } from "../../../foundation/words.js";
import { blockBytes, readHeader, readLongName, readPax, type TarHeader } from "./header.js";

export interface TarMember {
  readonly name: string;
  /** Where its bytes begin. */
  readonly offset: number;
  readonly bytes: number;
}

export interface TarReading {
  /** Told of each member that is no file, such as a link. */
  readonly onOther: (name: string) => void;
  /** Told where the mark of the end is missing. */
  readonly onOpenEnd: () => void;
}

/** Far above any name; whatever else pax tells is not needed. */
const longestRecord = 2 ** 20;

/**
 * The regular files of an archive in its order. Nothing is kept of those that were handed out.
 * @throws FoveaError `bad-file` for what is no tar archive, and one that is cut off
 */
export async function* tarMembers(file: RandomAccess, { onOther, onOpenEnd }: TarReading): AsyncGenerator<TarMember> {
  let told: Told = {};
  for (let at = 0; ; ) {
    if (at + blockBytes > file.byteLength) {
      if (at < file.byteLength || at === 0) throw damaged(file, at, "a file that ends within a header");
      return onOpenEnd();
    }
    const block = await file.read(at, blockBytes);
    if (block.every((byte) => byte === 0)) return;
    const header = readHeader(block);
    if (header === undefined) throw damaged(file, at, "something else");
    const bytes = told.bytes ?? header.bytes;
    const offset = at + blockBytes;
    const name = told.name ?? header.name;
    if (!(bytes >= 0 && offset + bytes <= file.byteLength)) throw cutOff(file, name, bytes, offset);
    if (isAbout(header)) told = { ...told, ...(await tellsOf(file, header, offset)) };
    else {
      if (header.type === "0" && !name.endsWith("/")) yield { name, offset, bytes };
      else if (header.type !== "5" && header.type !== "0") onOther(name);
      told = {};
    }
    at = offset + Math.ceil(bytes / blockBytes) * blockBytes;
  }
}

/** What one member tells of the next. */
interface Told {
  readonly name?: string;
  readonly bytes?: number;
}

function isAbout({ type }: TarHeader): boolean {
  return "xgLK".includes(type);
}

async function tellsOf(file: RandomAccess, { type, bytes }: TarHeader, offset: number): Promise<Told> {
  // Of all members nothing is told that matters here, and links are left out.
  if (type === "g" || type === "K") return {};
  if (bytes > longestRecord) {
    const expected = `expected at most ${bytesInWords(longestRecord)} about the name of a member`;
    throw new FoveaError("bad-file", `${file.where}: ${expected}, got ${bytesInWords(bytes)}`);
  }
  const content = await file.read(offset, bytes);
  if (type === "L") return { name: readLongName(content) };
  const records = readPax(content);
  const [name, size] = [records.get("path"), records.get("size")];
  return {
    ...(name === undefined ? {} : { name }),
    ...(size === undefined || !/^\d+$/.test(size) ? {} : { bytes: Number(size) }),
  };
}

function damaged({ where }: RandomAccess, at: number, got: string): FoveaError {
  return new FoveaError("bad-file", `${where}: expected the header of a tar archive at byte ${at}, got ${got}`);
}

function cutOff({ where, byteLength }: RandomAccess, name: string, bytes: number, offset: number): FoveaError {
  const expected = `expected ${bytes} bytes of ${shortened(name)}`;
  return new FoveaError("bad-file", `${where}: ${expected}, got an archive that ends after ${byteLength - offset}`);
}
