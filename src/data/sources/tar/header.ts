/** @file Headers of tar archives: ustar, what GNU tar makes of it, and the records of pax (POSIX.1-2001). */

export const blockBytes = 512;

export interface TarHeader {
  readonly name: string;
  readonly bytes: number;
  /** `0` a file, `x` and `g` records of pax for the next member and for all, `L` a long name of GNU tar; others are links and the like. */
  readonly type: string;
}

/** The header in a block. @returns undefined where it is none, by its checksum */
export function readHeader(block: Uint8Array): TarHeader | undefined {
  const sum = octal(block, 148, 8);
  if (sum !== checksum(block)) return undefined;
  const type = String.fromCharCode(block[156] || 0x30);
  const isUstar = text(block, 257, 6) === "ustar";
  const prefix = isUstar ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    bytes: sizeOf(block),
    // A 7 is a file that lies in one piece, wherever that matters.
    type: type === "7" ? "0" : type,
  };
}

/** Of all bytes, with blanks in the place of the sum itself. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (const [i, byte] of block.entries()) if (i < 148 || i >= 156) sum += byte;
  return sum;
}

/** The size, in octal digits, or in bytes where its first one has the highest bit set: then it may have any size. */
function sizeOf(block: Uint8Array): number {
  if (((block[124] ?? 0) & 0x80) === 0) return octal(block, 124, 12);
  let size = (block[124] ?? 0) & 0x7f;
  for (let i = 125; i < 136; i++) size = size * 256 + (block[i] ?? 0);
  return size;
}

/** NaN for anything else. */
function octal(block: Uint8Array, start: number, length: number): number {
  const digits = text(block, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : digits === "" ? 0 : Number.NaN;
}

/** Up to the first zero. */
function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

const utf8 = new TextDecoder();

/** The records of pax by their keywords; what does not read as such is left out. */
export function readPax(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = blank < 0 ? Number.NaN : Number(utf8.decode(bytes.subarray(at, blank)));
    if (!Number.isSafeInteger(length) || length <= blank - at || at + length > bytes.length) break;
    const record = utf8.decode(bytes.subarray(blank + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

export function readLongName(bytes: Uint8Array): string {
  return text(bytes, 0, bytes.length);
}
