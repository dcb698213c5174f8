/** @file Damage to TIFF files by their tags, and to AVIF files by their boxes. Seeded. */

import type { Random } from "../../../src/foundation/random.js";
import { join, type Mutated, pick } from "./mutate.js";

const absurd = [0, 1, 2, 3, 8, 16, 255, 65_535, 100_000, 2 ** 31 - 1, 2 ** 32 - 1];

/** Tags by number that decide how much is read and where: sizes, samples, compression, strips, tiles, pages. */
const tagNames: Readonly<Record<number, string>> = {
  256: "width",
  257: "height",
  258: "bits",
  259: "compression",
  262: "photometric",
  273: "strip offsets",
  274: "orientation",
  277: "samples",
  278: "rows in a strip",
  279: "strip bytes",
  284: "planes",
  317: "predictor",
  320: "palette",
  322: "tile width",
  323: "tile height",
  324: "tile offsets",
  325: "tile bytes",
  339: "sample format",
  347: "tables",
};

/** One entry of the first directory: its number, its type, its count, or its value; or where the next directory lies. */
export function mutateTiff(tiff: Uint8Array, source: Random): Mutated {
  const bytes = tiff.slice();
  const view = new DataView(bytes.buffer);
  const little = bytes[0] === 0x49;
  const directory = view.getUint32(4, little);
  const count = directory + 2 <= bytes.length ? view.getUint16(directory, little) : 0;
  const next = directory + 2 + 12 * count;
  if (count === 0 || next + 4 > bytes.length) return { bytes, what: "as it is" };
  const entry = directory + 2 + 12 * source.below(count);
  const tag = view.getUint16(entry, little);
  const name = tagNames[tag] ?? `tag ${tag}`;
  const value = pick(absurd, source);
  switch (source.below(7)) {
    case 0:
      view.setUint16(entry + 2, pick([0, 1, 2, 3, 4, 5, 7, 12, 13, 16, 99], source), little);
      return { bytes, what: `type of ${name} is ${view.getUint16(entry + 2, little)}` };
    case 1:
      view.setUint32(entry + 4, value, little);
      return { bytes, what: `${value} values of ${name}` };
    case 2: {
      const at = pick([directory, entry, 0, 8, 2 ** 32 - 1, bytes.length], source);
      view.setUint32(next, at, little);
      return { bytes, what: `the next directory is at ${at}` };
    }
    case 3:
      view.setUint16(directory, pick([0, 1, count - 1, count + 1, 65_535], source), little);
      return { bytes, what: `${view.getUint16(directory, little)} tags` };
    case 4: {
      const other = Number(pick(Object.keys(tagNames), source));
      view.setUint16(entry, other, little);
      return { bytes, what: `${name} is ${tagNames[other]}` };
    }
    default:
      // A short value stands in the first two bytes, whatever the order of bytes.
      if (view.getUint16(entry + 2, little) === 3) view.setUint16(entry + 8, value & 0xffff, little);
      else view.setUint32(entry + 8, value, little);
      return { bytes, what: `${name} is ${value}` };
  }
}

interface Box {
  readonly at: number;
  readonly size: number;
  readonly type: string;
}

/** Boxes that hold others, and how many bytes stand before these. */
const holders: Readonly<Record<string, number>> = { meta: 12, iprp: 8, ipco: 8, iinf: 14, dinf: 8, iref: 12 };

function boxesOf(bytes: Uint8Array, from: number, to: number): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > to) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    boxes.push({ at, size, type });
    const skipped = holders[type];
    if (skipped !== undefined) boxes.push(...boxesOf(bytes, at + skipped, at + size));
    at += size;
  }
  return boxes;
}

/** A box of a file in ISO's container (AVIF, HEIC): its size, its type, its content, itself. */
export function mutateBoxes(file: Uint8Array, source: Random): Mutated {
  const bytes = file.slice();
  const view = new DataView(bytes.buffer);
  const box = pick(boxesOf(bytes, 0, bytes.length), source);
  if (box === undefined) return { bytes, what: "as it is" };
  const { at, size, type } = box;
  switch (source.below(6)) {
    case 0: {
      const value = pick([0, 1, 7, 8, size - 1, size + 1, 2 ** 31, 2 ** 32 - 1], source);
      view.setUint32(at, value);
      return { bytes, what: `${type} of ${value} bytes` };
    }
    case 1: {
      const other = pick(["free", "ispe", "iloc", "av1C", "moov", "\0\0\0\0", "uuid"], source);
      bytes.set(new TextEncoder().encode(other), at + 4);
      return { bytes, what: `${type} is ${other}` };
    }
    case 2:
      return { bytes: join(bytes.subarray(0, at), bytes.subarray(at + size)), what: `${type} is gone` };
    case 3: {
      const times = pick([1, 2000], source);
      const copies = Array.from({ length: times }, () => bytes.subarray(at, at + size));
      return { bytes: join(bytes.subarray(0, at), ...copies, bytes.subarray(at)), what: `${type} ${times} times more` };
    }
    default: {
      const inside = at + 8 + 4 * source.below(Math.max(1, (size - 8) >> 2));
      const value = pick(absurd, source);
      if (inside + 4 <= bytes.length) view.setUint32(inside, value);
      return { bytes, what: `word ${inside - at} of ${type} is ${value}` };
    }
  }
}
