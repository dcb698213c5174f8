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
  const half = (first: number) => Int32Array.from(hashes, (hash) => wordAt(hash, first));
  const halves = [half(0), half(4)] as const;
  const pairs: NearPair[] = [];
  for (let band = 0; band < bands; band++) {
    const keys = Uint16Array.from(hashes, (hash) => 256 * at(hash, 2 * band) + at(hash, 2 * band + 1));
    const { starts, order } = bucketsOf(keys);
    for (let b = 0; b < hashes.length; b++) {
      for (let turned = -1; turned < 16; turned++) {
        const key = (keys[b] ?? 0) ^ (turned < 0 ? 0 : 1 << turned);
        const end = starts[key + 1] ?? 0;
        for (let place = starts[key] ?? 0; place < end; place++) {
          const a = order[place] ?? 0;
          // Positions rise within a bucket.
          if (a >= b) break;
          const distance = distanceOf(halves, a, b, band);
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

function wordAt(hash: DifferenceHash, first: number): number {
  return (at(hash, first) << 24) | (at(hash, first + 1) << 16) | (at(hash, first + 2) << 8) | at(hash, first + 3);
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
function distanceOf([high, low]: readonly [Int32Array, Int32Array], a: number, b: number, band: number): number {
  const highBits = (high[a] ?? 0) ^ (high[b] ?? 0);
  const lowBits = (low[a] ?? 0) ^ (low[b] ?? 0);
  const distance = countBits(highBits) + countBits(lowBits);
  if (distance > mostBits) return distance;
  const words = [highBits >>> 16, highBits & 0xffff, lowBits >>> 16, lowBits & 0xffff];
  return words.slice(0, band).some((word) => countBits(word) <= 1) ? Number.POSITIVE_INFINITY : distance;
}

/** The bits of a 32-bit word that are set, counted in groups side by side. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
