/** @file Probabilities and times in words. */

import { expect, it } from "vitest";
import { elapsed, shareInWords } from "../../src/foundation/measures.js";

it.each([
  [0, "0 %"],
  [0.0004, "< 0.1 %"],
  [0.0005, "0.1 %"],
  [0.9734, "97.3 %"],
  [0.9995, "100.0 %"],
  [0.99951, "> 99.9 %"],
  [1, "100 %"],
])("a share of %d is written as %s", (share, words) => {
  expect(shareInWords(share)).toBe(words);
});

it.each([
  [0.4, "0 ms"],
  [999.4, "999 ms"],
  [999.5, "1.0 s"],
  [2554, "2.6 s"],
  [9950, "10 s"],
  [127_746, "2 min 8 s"],
])("%d milliseconds are written as %s", (milliseconds, words) => {
  expect(elapsed(milliseconds)).toBe(words);
});
