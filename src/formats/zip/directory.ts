/** @file The table of a zip archive's members, read from its end (PKWARE's APPNOTE 6.3.10, 4.3.12 to 4.3.16), zip64 included. */

import type { ByteSource } from "../../files/input/byte-source.js";
import { FoveaError } from "../../foundation/error.js";

export interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes when unpacked, as the archive says. */
  readonly size: number;
  /** Where its own header begins. */
  readonly header: number;
}

export interface ZipDirectory {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Where the table begins: members lie before it. */
  readonly start: number;
}

/** Far above what any model has. */
const mostEntries = 2 ** 16;
const mostBytes = 2 ** 24;

const endLength = 22;
const longestComment = 0xffff;
const locatorLength = 20;
const end64Length = 56;
const entryLength = 46;
/** Stands for a number that is too large for its field. */
const elsewhere = 0xffffffff;

type ErrorMaker = (got: string) => FoveaError;

/**
 * @param where begins the errors
 * @throws FoveaError `bad-file` for what is no whole archive, for two members of one name, and for members that overlap
 */
export function readDirectory(source: ByteSource, where: string): ZipDirectory {
  const zipError: ErrorMaker = (got) =>
    new FoveaError("bad-file", `${where}: expected a whole zip archive, got ${got}`);
  const { start, size, count } = findTable(source, zipError);
  if (start + size > source.byteLength || size < count * entryLength) throw zipError("one whose table is damaged");
  if (count > mostEntries || size > mostBytes) throw zipError(`one of ${count} members`);
  const entries = new Map<string, ZipEntry>();
  const table = viewOf(source.read(start, size));
  for (let at = 0, i = 0; i < count; i++) {
    if (at + entryLength > size || table.getUint32(at, true) !== 0x02014b50)
      throw zipError("one whose table is damaged");
    const { entry, length } = entryAt(table, at, zipError);
    if (entries.has(entry.name)) throw zipError(`two members called ${JSON.stringify(entry.name.slice(0, 80))}`);
    entries.set(entry.name, entry);
    at += length;
  }
  refuseOverlap([...entries.values()], start, zipError);
  return { entries, start };
}

interface Table {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

function findTable(source: ByteSource, zipError: ErrorMaker): Table {
  const length = Math.min(source.byteLength, endLength + longestComment);
  const tail = viewOf(source.read(source.byteLength - length, length));
  let at = length - endLength;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw zipError("one without a table at its end: it is cut short or damaged");
  const [count, size, start] = [
    tail.getUint16(at + 10, true),
    tail.getUint32(at + 12, true),
    tail.getUint32(at + 16, true),
  ];
  const isLong = count === 0xffff || size === elsewhere || start === elsewhere;
  return isLong ? findTable64(source, source.byteLength - length + at, zipError) : { start, size, count };
}

/** @param end where the short form of the table's place begins */
function findTable64(source: ByteSource, end: number, zipError: ErrorMaker): Table {
  const locatorAt = end - locatorLength;
  if (locatorAt < 0) throw zipError("one whose table is damaged");
  const locator = viewOf(source.read(locatorAt, locatorLength));
  const recordAt = Number(locator.getBigUint64(8, true));
  if (locator.getUint32(0, true) !== 0x07064b50 || recordAt + end64Length > end)
    throw zipError("one whose table is damaged");
  const record = viewOf(source.read(recordAt, end64Length));
  if (record.getUint32(0, true) !== 0x06064b50) throw zipError("one whose table is damaged");
  const [count = 0, size = 0, start = 0] = [32, 40, 48].map((at) => Number(record.getBigUint64(at, true)));
  return { start, size, count };
}

function entryAt(
  table: DataView,
  at: number,
  zipError: ErrorMaker,
): { readonly entry: ZipEntry; readonly length: number } {
  const short = (field: number) => table.getUint16(at + field, true);
  const [nameLength, extraLength, commentLength] = [short(28), short(30), short(32)];
  const length = entryLength + nameLength + extraLength + commentLength;
  if (at + length > table.byteLength) throw zipError("one whose table is damaged");
  const bytes = (from: number, count: number) => new Uint8Array(table.buffer, table.byteOffset + from, count);
  const long = longNumbers(viewOf(bytes(at + entryLength + nameLength, extraLength)));
  const number = (field: number) => {
    const value = table.getUint32(at + field, true);
    return value === elsewhere ? (long.shift() ?? value) : value;
  };
  // The order in which the long forms follow each other.
  const [size, packed, header] = [number(24), number(20), number(42)];
  const name = new TextDecoder().decode(bytes(at + entryLength, nameLength));
  const isEncrypted = (short(8) & 1) === 1;
  return { entry: { name, isEncrypted, method: short(10), packed, size, header }, length };
}

/** The numbers of the field with the number 1 among an entry's extra fields. */
function longNumbers(extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)];
    const count = Math.floor(Math.min(length, extra.byteLength - at - 4) / 8);
    if (id === 1) return Array.from({ length: count }, (_, i) => Number(extra.getBigUint64(at + 4 + 8 * i, true)));
    at += 4 + length;
  }
  return [];
}

/** Members that share bytes unpack to any multiple of the archive. */
function refuseOverlap(entries: readonly ZipEntry[], tableStart: number, zipError: ErrorMaker): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  for (const [i, { name, header, packed }] of sorted.entries()) {
    const next = sorted[i + 1]?.header ?? tableStart;
    if (header + packed <= next) continue;
    throw zipError(`a member ${JSON.stringify(name.slice(0, 80))} that reaches over what follows it`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
