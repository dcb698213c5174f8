/** @file Damage to the bytes of any file: flipped bits, runs overwritten, pieces cut, put in or exchanged. Seeded. */

import type { Random } from "../../../src/foundation/random.js";

/** Bytes after a mutation, with what was done, for people. */
export interface Mutated {
  readonly bytes: Uint8Array;
  readonly what: string;
}

type Damage = (bytes: Uint8Array, source: Random) => Mutated;

/** Bytes that parsers trip over: the ends of the ranges, a varint without an end, a sign bit. */
const awkwardBytes = [0x00, 0x01, 0x7f, 0x80, 0xff];

const damages: readonly Damage[] = [
  function flipBits(bytes, source) {
    const [result, count] = [bytes.slice(), 1 + source.below(8)];
    for (let i = 0; i < count; i++) {
      const at = source.below(result.length);
      result[at] = (result[at] as number) ^ (1 << source.below(8));
    }
    return { bytes: result, what: `${count} bits flipped` };
  },
  // The beginning of a file holds what the rest is read by.
  function flipHead(bytes, source) {
    const [result, at] = [bytes.slice(), source.below(Math.min(bytes.length, 256))];
    result[at] = (result[at] as number) ^ (1 << source.below(8));
    return { bytes: result, what: `a bit flipped at ${at}` };
  },
  function overwrite(bytes, source) {
    const result = bytes.slice();
    const [at, length] = [source.below(result.length), 1 + source.below(64)];
    const value = awkwardBytes[source.below(awkwardBytes.length)] as number;
    result.subarray(at, at + length).fill(value);
    return { bytes: result, what: `${length} bytes of ${value} at ${at}` };
  },
  function noise(bytes, source) {
    const result = bytes.slice();
    const [at, length] = [source.below(result.length), 1 + source.below(32)];
    for (let i = at; i < Math.min(at + length, result.length); i++) result[i] = source.below(256);
    return { bytes: result, what: `${length} random bytes at ${at}` };
  },
  function truncate(bytes, source) {
    const length = source.below(bytes.length);
    return { bytes: bytes.slice(0, length), what: `cut to ${length} of ${bytes.length} bytes` };
  },
  function cutEnd(bytes, source) {
    const cut = 1 + source.below(Math.min(bytes.length, 64));
    return { bytes: bytes.slice(0, bytes.length - cut), what: `the last ${cut} bytes cut` };
  },
  function insert(bytes, source) {
    const [at, length] = [source.below(bytes.length), 1 + source.below(32)];
    const piece = Uint8Array.from({ length }, () => source.below(256));
    return { bytes: join(bytes.subarray(0, at), piece, bytes.subarray(at)), what: `${length} bytes put in at ${at}` };
  },
  function remove(bytes, source) {
    const [at, length] = [source.below(bytes.length), 1 + source.below(64)];
    return { bytes: join(bytes.subarray(0, at), bytes.subarray(at + length)), what: `${length} bytes gone at ${at}` };
  },
  function repeat(bytes, source) {
    const [at, length] = [source.below(bytes.length), 1 + source.below(4096)];
    return {
      bytes: join(bytes.subarray(0, at + length), bytes.subarray(at)),
      what: `${length} bytes twice from ${at}`,
    };
  },
  function exchange(bytes, source) {
    const length = 1 + source.below(Math.max(1, Math.min(512, bytes.length >> 2)));
    const [a, b] = [source.below(bytes.length), source.below(bytes.length)];
    const result = bytes.slice();
    result.set(bytes.subarray(b, Math.min(b + length, bytes.length - a + b)), a);
    result.set(bytes.subarray(a, Math.min(a + length, bytes.length - b + a)), b);
    return { bytes: result, what: `${length} bytes exchanged between ${a} and ${b}` };
  },
];

/** One kind of damage, somewhere. */
export function mutateBytes(bytes: Uint8Array, source: Random): Mutated {
  if (bytes.length === 0) return { bytes, what: "an empty file as it is" };
  // A copy, and none of Buffer's slices, which share.
  return (damages[source.below(damages.length)] as Damage)(new Uint8Array(bytes), source);
}

/** Pieces end to end. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** One of a list. */
export function pick<Item>(items: readonly Item[], source: Random): Item {
  return items[source.below(items.length)] as Item;
}
