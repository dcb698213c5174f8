/** @file Numbers as the page writes them. */

import { describe, expect, it } from "vitest";
import { formatShare, shortDuration, wholePercent } from "../../../web/src/shared/numbers.js";

describe("numbers", () => {
  it.each([
    [0, "0 %"],
    [1, "100 %"],
    [0.9734, "97.3 %"],
    [0.9996, "> 99.9 %"],
    [0.0004, "< 0.1 %"],
  ])("formatShare(%d) is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [0, "0 %"],
    [0.125, "13 %"],
    [-0.004, "0 %"],
    [-0.5, "-50 %"],
    [1, "100 %"],
  ])("wholePercent(%d) is %s", (share, text) => {
    expect(wholePercent(share)).toBe(text);
  });

  it.each([
    [1234, "1.2 s"],
    [12.6, "13 ms"],
    [3.14, "3.1 ms"],
  ])("shortDuration(%d) is %s", (milliseconds, text) => {
    expect(shortDuration(milliseconds)).toBe(text);
  });
});
