/** @file Pairs of hashes that differ in few bits, among millions, without comparing all with all. */

import { at } from "../../../foundation/present.js";
import type { DifferenceHash } from "./difference-hash.js";

/**
 * How many bits may differ. Measured on 1,133 photos, of which 4 pairs are known to be one picture: these differ in 0 or 1 bit,
 * the other 641,274 in 9 or more. Of copies stored as poor JPEGs, at half the size, in grey or a fifth brighter, 95 of each,
 * 90 or more of each are within 6.
 */
export const mostBits = 6;

/** Positions of two hashes, the earlier first. */
export interface NearPair {
  readonly a: number;
  readonly b: number;
  /** Bits that differ. */
  readonly distance: number;
}

export interface NearPairs {
  readonly pairs: readonly NearPair[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
}

export interface NearPairsOptions {
  /** Whether a pair counts. Default: all do. */
  readonly accept?: (a: number, b: number) => boolean;
  /** So many pairs at most. Default: a million. */
  readonly most?: number;
}

const bands = 4;

/**
 * All pairs within `mostBits`: of four bands of 16 bits one differs in a bit at most, so that a hash is compared only with those whose
 * band is its own, or its own with a bit turned. Takes time in proportion to the number of hashes, as long as few are alike.
 */
export function nearPairs(hashes: readonly DifferenceHash[], options: NearPairsOptions = {}): NearPairs {
  const { accept = () => true, most = 1e6 } = options;
  const words = Array.from({ length: bands }, (_, band) =>
    Uint16Array.from(hashes, (hash) => 256 * at(hash, 2 * band) + at(hash, 2 * band + 1)),
  );
  const pairs: NearPair[] = [];
  for (const [band, keys] of words.entries()) {
    const { starts, order } = bucketsOf(keys);
    for (let b = 0; b < hashes.length; b++) {
      for (let turned = -1; turned < 16; turned++) {
        const key = turned < 0 ? at(keys, b) : at(keys, b) ^ (1 << turned);
        for (let place = at(starts, key); place < at(starts, key + 1); place++) {
          const a = at(order, place);
          // Positions rise within a bucket.
          if (a >= b) break;
          const distance = distanceOf(words, a, b, band);
          if (distance > mostBits || !accept(a, b)) continue;
          if (pairs.length === most) return { pairs, isCut: true };
          pairs.push({ a, b, distance });
        }
      }
    }
  }
  pairs.sort((x, y) => x.distance - y.distance || x.a - y.a || x.b - y.b);
  return { pairs, isCut: false };
}

/** Positions by their keys. */
function bucketsOf(keys: Uint16Array) {
  const starts = new Uint32Array(2 ** 16 + 1);
  for (const key of keys) starts[key + 1] = at(starts, key + 1) + 1;
  for (let key = 0; key < 2 ** 16; key++) starts[key + 1] = at(starts, key + 1) + at(starts, key);
  const next = starts.slice();
  const order = new Uint32Array(keys.length);
  for (const [position, key] of keys.entries()) {
    const place = at(next, key);
    order[place] = position;
    next[key] = place + 1;
  }
  return { starts, order };
}

/** Bits that differ; infinite for a pair that an earlier band finds. */
function distanceOf(words: readonly Uint16Array[], a: number, b: number, band: number): number {
  let distance = 0;
  for (let each = 0; each < bands; each++) {
    const word = at(words, each);
    const bits = countBits(at(word, a) ^ at(word, b));
    if (each < band && bits <= 1) return Number.POSITIVE_INFINITY;
    distance += bits;
    if (distance > mostBits) return distance;
  }
  return distance;
}

function countBits(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
