/** @file How many of the first of all one part may hold. */

import { expect, it, test } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { likelyAmong } from "../../../src/report/collect/likely.js";

it.each([
  [48, 1, 48],
  [12, 0.999, 12],
  [0, 0.1, 0],
])("of %i with a share of %d it is %i", (most, share, expected) => {
  expect(likelyAmong(most, share)).toBe(expected);
});

test("few of many parts, and never fewer than parts hold", () => {
  expect(likelyAmong(48, 1 / 1000)).toBeLessThan(8);
  expect(likelyAmong(48, 1 / 8)).toBeLessThan(28);
  const source = random("parts");
  for (const parts of [2, 8, 50]) {
    const bound = likelyAmong(48, 1 / parts);
    for (let draw = 0; draw < 2000; draw++) {
      const held = Array<number>(parts).fill(0);
      for (let image = 0; image < 48; image++) {
        const part = source.below(parts);
        held[part] = (held[part] ?? 0) + 1;
      }
      expect(Math.max(...held)).toBeLessThanOrEqual(bound);
    }
  }
});
