/** @file Numbers as people read them. */

import { expect, test } from "vitest";
import {
  count,
  counted,
  duration,
  fixed,
  list,
  percent,
  percentDigits,
  probability,
  pValue,
  significant,
} from "../../../src/report/page/format.js";

/** Spaces that don't break, as plain ones. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

test.each([
  ["count(12345)", count(12345), "12,345"],
  ["counted(1, image)", counted(1, "image"), "1 image"],
  ["counted(2000, image)", counted(2000, "image"), "2,000 images"],
  ["percent(0.9795, 2)", percent(0.9795, 2), "97.95 %"],
  ["percent(-0.00001)", percent(-0.00001), "0.0 %"],
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
  ["duration(0.84)", duration(0.84), "0.8 s"],
  ["duration(41.3)", duration(41.3), "41 s"],
  ["duration(59.7)", duration(59.7), "1 min 0 s"],
  ["duration(7800)", duration(7800), "2 h 10 min"],
  ["list(a, b, c)", list(["a", "b", "c"]), "a, b and c"],
  ["list(a)", list(["a"]), "a"],
])("%s", (_, text, expected) => {
  expect(plain(text)).toBe(expected);
});

test("percentDigits(images) tells single images apart", () => {
  for (const images of [10, 100, 999, 1000, 2000, 10_000, 50_000]) {
    const digits = percentDigits(images);
    expect(percent(1, digits)).not.toBe(percent(1 - 1 / images, digits));
  }
});
