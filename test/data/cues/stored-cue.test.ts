/** @file Cues as JSON: what is written is read back, and other values are refused. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { storedCue, storedMask } from "../../../src/data/cues/store-cue.js";
import { cueFrom, maskFrom } from "../../../src/data/cues/stored-cue.js";

const mask = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height })
      .map((places) => ({ width, height, places: Uint8Array.from(places) })),
  );

test("every mask comes back from its runs as JSON", () => {
  fc.assert(
    fc.property(mask, (each) => {
      expect(maskFrom(JSON.parse(JSON.stringify(storedMask(each))))).toEqual(each);
    }),
  );
});

test("cues come back from JSON", () => {
  const region = { kind: "region", mask: { width: 2, height: 1, places: Uint8Array.of(0, 1) } } as const;
  expect(cueFrom(JSON.parse(JSON.stringify(storedCue(region))))).toEqual(region);
  expect(cueFrom(JSON.parse(JSON.stringify(storedCue({ kind: "tint" }))))).toEqual({ kind: "tint" });
});

test.each([
  [null],
  [{ kind: "smell" }],
  [{ kind: "region" }],
  [{ kind: "region", mask: { width: 2, height: 2, runs: [1, 2] } }],
  [{ kind: "region", mask: { width: 2, height: 2, runs: [5, -1] } }],
  [{ kind: "region", mask: { width: 0, height: 2, runs: [] } }],
])("%j is refused", (value) => {
  expect(() => cueFrom(value)).toThrow(/cue.*expected/);
});
