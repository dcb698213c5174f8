/** @file Near pairs of hashes: the same as comparing all with all, and quickly among many. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { mostBits, nearPairs } from "../../../src/data/photos/copies/near-pairs.js";
import { random } from "../../../src/foundation/random.js";
import { everything } from "../../support/share.js";

const bitsBetween = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, byte, i) => sum + (byte ^ (b[i] as number)).toString(2).replaceAll("0", "").length, 0);

function allPairs(hashes: readonly Uint8Array[]) {
  return hashes.flatMap((b, j) =>
    hashes.slice(0, j).flatMap((a, i) => {
      const distance = bitsBetween(a, b);
      return distance <= mostBits ? [{ a: i, b: j, distance }] : [];
    }),
  );
}

/** Some hashes, and copies of them with a few bits turned. */
const hashes = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 12 }).chain((some) =>
  fc
    .array(fc.tuple(fc.nat(some.length - 1), fc.array(fc.nat(63), { maxLength: 8 })), { maxLength: 30 })
    .map((copies) => [
      ...some,
      ...copies.map(([of, turned]) => {
        const copy = (some[of] as Uint8Array).slice();
        for (const bit of turned) copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
        return copy;
      }),
    ]),
);

test.runIf(everything)("are those that comparing all with all finds, each once, the nearest first", () => {
  fc.assert(
    fc.property(hashes, (some) => {
      const { pairs, isCut } = nearPairs(some);
      const expected = allPairs(some).sort((x, y) => x.distance - y.distance || x.a - y.a || x.b - y.b);
      expect([pairs, isCut]).toEqual([expected, false]);
    }),
  );
});

test("are those that count, and no more than are asked for", () => {
  const same = Array.from({ length: 5 }, () => new Uint8Array(8));
  expect(nearPairs(same, { accept: (a, b) => a + b === 4 }).pairs).toEqual([
    { a: 0, b: 4, distance: 0 },
    { a: 1, b: 3, distance: 0 },
  ]);
  expect(nearPairs(same, { most: 4 })).toMatchObject({ pairs: { length: 4 }, isCut: true });
});

test("are found among 50,000 hashes, of which two are one picture", () => {
  const source = random("hashes");
  const many = Array.from({ length: 50_000 }, () => Uint8Array.from({ length: 8 }, () => source.below(256)));
  many.push((many[77] as Uint8Array).map((byte, i) => (i === 3 ? byte ^ 5 : byte)));
  expect(nearPairs(many).pairs).toContainEqual({ a: 77, b: 50_000, distance: 2 });
});
