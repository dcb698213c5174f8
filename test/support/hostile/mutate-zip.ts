/** @file Damage to zip archives: entries gone, doubled, misnamed, with sizes that lie, encrypted by their flags, or bombs. Seeded. */

import { crc32, deflateRawSync } from "node:zlib";
import { unzipSync } from "fflate";
import type { Random } from "../../../src/foundation/random.js";
import { join, type Mutated, mutateBytes, pick } from "./mutate.js";

/** A member of an archive, and what its headers say of it. */
export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 stored, 8 deflated; others are no reader's. Default 8. */
  readonly method?: number;
  readonly flags?: number;
  /** Default: the right ones. */
  readonly packed?: number;
  readonly unpacked?: number;
  readonly crc?: number;
  /** The packed bytes, where packing `data` again would take long. */
  readonly body?: Uint8Array;
}

const bombSize = 300_000_000;
let packedBomb: { readonly body: Uint8Array; readonly crc: number } | undefined;

/** A member that unpacks to very many spaces. */
function bomb(name: string): Entry {
  if (packedBomb === undefined) {
    const spaces = new Uint8Array(bombSize).fill(0x20);
    packedBomb = { body: deflateRawSync(spaces), crc: crc32(spaces) };
  }
  return { name, data: new Uint8Array(), unpacked: bombSize, ...packedBomb };
}

/** The members of an archive. */
export function zipEntries(bytes: Uint8Array): Entry[] {
  return Object.entries(unzipSync(bytes)).map(([name, data]) => ({ name, data }));
}

/** An archive of entries, as they say. */
export function zipOf(entries: readonly Entry[]): Uint8Array {
  const [locals, centrals]: [Uint8Array[], Uint8Array[]] = [[], []];
  let offset = 0;
  for (const { name, data, method = 8, flags = 0, ...lies } of entries) {
    const body = lies.body ?? (method === 8 ? deflateRawSync(data) : data);
    const path = new TextEncoder().encode(name);
    const common = fields(
      [20, flags, method, 0, 0],
      [lies.crc ?? crc32(data), lies.packed ?? body.length, lies.unpacked ?? data.length],
      [path.length, 0],
    );
    const local = join(Uint8Array.of(0x50, 0x4b, 3, 4), common, path, body);
    centrals.push(
      join(Uint8Array.of(0x50, 0x4b, 1, 2), fields([20], [], []), common, fields([0, 0, 0], [0, offset], []), path),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = join(...centrals);
  const counts = [0, 0, entries.length, entries.length];
  const end = join(Uint8Array.of(0x50, 0x4b, 5, 6), fields(counts, [central.length, offset], [0]));
  return join(...locals, central, end);
}

function fields(words: readonly number[], longs: readonly number[], after: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * (words.length + after.length) + 4 * longs.length));
  let at = 0;
  for (const value of words) {
    bytes.setUint16(at, value, true);
    at += 2;
  }
  for (const value of longs) {
    bytes.setUint32(at, value, true);
    at += 4;
  }
  for (const value of after) {
    bytes.setUint16(at, value, true);
    at += 2;
  }
  return new Uint8Array(bytes.buffer);
}

const odd = [0, 1, 1000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

type ZipDamage = (entries: readonly Entry[], source: Random) => { readonly entries: readonly Entry[]; what: string };

const damages: readonly ZipDamage[] = [
  (entries, source) => {
    const gone = pick(entries, source);
    return { entries: entries.filter((each) => each !== gone), what: `${gone.name} is gone` };
  },
  (entries, source) => {
    const entry = pick(entries, source);
    return { entries: [...entries, { ...entry, data: new Uint8Array() }], what: `${entry.name} once more, empty` };
  },
  (entries, source) => {
    const [a, b] = [pick(entries, source), pick(entries, source)];
    const swapped = entries.map((each) =>
      each === a ? { ...a, data: b.data } : each === b ? { ...b, data: a.data } : each,
    );
    return { entries: swapped, what: `${a.name} and ${b.name} exchanged` };
  },
  (entries, source) => {
    const name = pick(["../outside/secret", "/etc/hostname", "x".repeat(60_000), "", "a\0b", "\u202e"], source);
    const entry = pick(entries, source);
    return { entries: entries.with(entries.indexOf(entry), { ...entry, name }), what: `${entry.name} is misnamed` };
  },
  (entries, source) => {
    const entry = pick(entries, source);
    const field = pick(["packed", "unpacked", "crc", "method", "flags"] as const, source);
    const value =
      field === "method"
        ? pick([0, 8, 9, 12, 99], source)
        : field === "flags"
          ? pick([1, 8, 64], source)
          : pick(odd, source);
    const lied = { ...entry, [field]: value };
    return { entries: entries.with(entries.indexOf(entry), lied), what: `${field} of ${entry.name} is ${value}` };
  },
  (entries, source) => {
    const entry = pick(entries, source);
    const large = source.below(3)
      ? { ...entry, data: new Uint8Array(2_000_000).fill(pick([0, 0x20, 0x5b], source)) }
      : bomb(entry.name);
    return { entries: entries.with(entries.indexOf(entry), large), what: `${entry.name} unpacks to very much` };
  },
  (entries, source) => {
    const count = pick([100, 20_000], source);
    const many = Array.from({ length: count }, (_, i) => ({ name: `more/${i}`, data: new Uint8Array(), method: 0 }));
    return { entries: [...many, ...entries], what: `${count} entries before it` };
  },
  (entries, source) => {
    const entry = pick(entries, source);
    const { bytes, what } = mutateBytes(entry.data, source);
    return { entries: entries.with(entries.indexOf(entry), { ...entry, data: bytes }), what: `${entry.name}: ${what}` };
  },
];

/** Damage to an archive: mostly to its entries, else to its bytes. */
export function mutateZip(bytes: Uint8Array, source: Random): Mutated {
  if (source.below(4) === 0) return mutateBytes(bytes, source);
  const { entries, what } = pick(damages, source)(zipEntries(bytes), source);
  return { bytes: zipOf(entries), what };
}
