/** @file Members of a zip archive: stored ones as parts of the archive, deflated ones unpacked, and their bytes counted meanwhile. */

import { type ByteSource, bytesAsSource, partOf } from "../../files/input/byte-source.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";
import { readDirectory, type ZipDirectory, type ZipEntry } from "./directory.js";

/** An archive whose members are read by name. */
export interface ZipArchive {
  /**
   * Undefined where there is none of that name.
   * @param most bytes of a deflated one, unpacked
   * @throws FoveaError `bad-file`
   */
  member(name: string, most: number): Promise<ByteSource | undefined>;
}

/** @param where begins the errors @throws FoveaError `bad-file` */
export function openZip(source: ByteSource, where: string): ZipArchive {
  const directory = readDirectory(source, where);
  return {
    async member(name, most) {
      const entry = directory.entries.get(name);
      return entry && memberOf(source, directory, entry, { most, where: `${where}: ${name}` });
    },
  };
}

interface Limit {
  readonly most: number;
  readonly where: string;
}

async function memberOf(
  source: ByteSource,
  directory: ZipDirectory,
  entry: ZipEntry,
  limit: Limit,
): Promise<ByteSource> {
  const { where } = limit;
  const memberError = (got: string) =>
    new FoveaError("bad-file", `${where}: expected a stored or deflated file, got ${got}`);
  if (entry.isEncrypted) throw memberError("an encrypted one");
  const packed = packedOf(source, directory, entry, where);
  if (entry.method === 8) return bytesAsSource(await inflated(packed, entry.size, limit), where);
  if (entry.method !== 0) throw memberError(`one packed by method ${entry.method}`);
  if (entry.packed === entry.size) return packed;
  throw memberError(`one of ${entry.packed} bytes that says it has ${entry.size}`);
}

const headerLength = 30;

/** A member's own header comes before it, and names it once more. */
function packedOf(
  source: ByteSource,
  { start }: ZipDirectory,
  { name, header, packed }: ZipEntry,
  where: string,
): ByteSource {
  const damaged = () => new FoveaError("bad-file", `${where}: expected a member of a zip archive, got a damaged one`);
  if (header + headerLength > start) throw damaged();
  const bytes = source.read(header, headerLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [nameLength, extraLength] = [view.getUint16(26, true), view.getUint16(28, true)];
  const data = header + headerLength + nameLength + extraLength;
  if (view.getUint32(0, true) !== 0x04034b50 || data + packed > start) throw damaged();
  if (new TextDecoder().decode(source.read(header + headerLength, nameLength)) !== name) throw damaged();
  return partOf(source, data, packed);
}

/** Deflate packs at most 1032 bytes into one (zlib's technical details). */
const mostRatio = 1032;
/** Bytes from which on a ratio is looked at, and the most: weights hardly shrink, and texts by ten. */
const suspicious = 2 ** 26;
const mostLikelyRatio = 100;
const pieceLength = 2 ** 18;

async function inflated(packed: ByteSource, size: number, { most, where }: Limit): Promise<Uint8Array> {
  const sizeError = (got: string) =>
    new FoveaError("bad-file", `${where}: expected at most ${bytesInWords(most)} when unpacked, got ${got}`);
  const { byteLength } = packed;
  if (size > most) throw sizeError(bytesInWords(size));
  const isBomb = size > suspicious && size > mostLikelyRatio * byteLength;
  if (isBomb || size > mostRatio * byteLength + pieceLength)
    throw sizeError(`${bytesInWords(size)} out of ${bytesInWords(byteLength)}`);
  const { Inflate } = await import("fflate");
  const bytes = new Uint8Array(size);
  let length = 0;
  const inflate = new Inflate((piece) => {
    if (length + piece.length > size) throw sizeError(`more than the ${bytesInWords(size)} that the archive says`);
    bytes.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < byteLength; at += pieceLength) {
      const count = Math.min(pieceLength, byteLength - at);
      inflate.push(packed.read(at, count), at + count === byteLength);
    }
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("bad-file", `${where}: expected deflated data, got a damaged one (${messageOf(cause)})`, {
      cause,
    });
  }
  if (length < size) throw new FoveaError("bad-file", `${where}: expected ${size} bytes when unpacked, got ${length}`);
  return bytes;
}
