/** @file Numbers as a page prints them. */

import { expect, test } from "vitest";
import {
  fixed,
  percentage,
  percentDigits,
  probability,
  pValue,
  significant,
  timeTaken,
} from "../../../src/report/page/format.js";

/** Spaces that don't break, as plain ones. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

test.each([
  ["percentage(0.9795, 2)", percentage(0.9795, 2), "97.95 %"],
  ["percentage(-0.00001)", percentage(-0.00001), "0.0 %"],
  ["probability(1)", probability(1), "> 99.9 %"],
  ["probability(0.9995)", probability(0.9995), "100.0 %"],
  ["probability(0.5)", probability(0.5), "50.0 %"],
  ["probability(0)", probability(0), "< 0.1 %"],
  ["significant(0)", significant(0), "0"],
  ["significant(0.04123)", significant(0.04123), "0.0412"],
  ["significant(-3.4)", significant(-3.4), "\u22123.4"],
  ["significant(1284.4)", significant(1284.4), "1,284"],
  ["significant(2.1e-7)", significant(2.1e-7), "2.1e-7"],
  ["fixed(-1234.5, 2)", fixed(-1234.5, 2), "\u22121,234.50"],
  ["pValue(0.00001)", pValue(0.00001), "p < 0.001"],
  ["pValue(0.007)", pValue(0.007), "p = 0.007"],
  ["pValue(0.25)", pValue(0.25), "p = 0.25"],
  ["timeTaken(0.84)", timeTaken(0.84), "0.8 s"],
  ["timeTaken(41.3)", timeTaken(41.3), "41 s"],
  ["timeTaken(59.7)", timeTaken(59.7), "1 min 0 s"],
  ["timeTaken(7800)", timeTaken(7800), "2 h 10 min"],
])("%s", (_, text, expected) => {
  expect(plain(text)).toBe(expected);
});

test("percentDigits(images) tells single images apart", () => {
  for (const images of [10, 100, 999, 1000, 2000, 10_000, 50_000]) {
    const digits = percentDigits(images);
    expect(percentage(1, digits)).not.toBe(percentage(1 - 1 / images, digits));
  }
});
