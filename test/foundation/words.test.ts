/** @file Tests of numbers and lists in words. */

import { expect, test } from "vitest";
import { count, counted, duration, list, percent } from "../../src/foundation/words.js";

test("a share is a percentage with two decimals, or as many as one says", () => {
  expect(percent(0.98765)).toBe("98.77 %");
  expect(percent(1)).toBe("100.00 %");
  expect(percent(0.0345, 1)).toBe("3.5 %");
  expect(percent(0.5, 0)).toBe("50 %");
  expect(percent(12.5, 1)).toBe("1250.0 %");
});

test("thousands are set apart by commas", () => {
  expect(count(0)).toBe("0");
  expect(count(999)).toBe("999");
  expect(count(60_000)).toBe("60,000");
  expect(count(1_234_567)).toBe("1,234,567");
});

test("one thing is told from several", () => {
  expect(counted(1, "image")).toBe("1 image");
  expect(counted(0, "image")).toBe("0 images");
  expect(counted(2000, "class", "classes")).toBe("2,000 classes");
});

test("a duration is in seconds below a minute, and in minutes and seconds from there on", () => {
  expect(duration(0)).toBe("0 s");
  expect(duration(1499)).toBe("1 s");
  expect(duration(59_499)).toBe("59 s");
  expect(duration(59_500)).toBe("1 min 0 s");
  expect(duration(185_000)).toBe("3 min 5 s");
  expect(duration(4_500_000)).toBe("75 min 0 s");
});

test("a list has an 'and' before its last item", () => {
  expect(list([])).toBe("");
  expect(list(["a"])).toBe("a");
  expect(list(["a", "b"])).toBe("a and b");
  expect(list(["a", "b", "c"])).toBe("a, b and c");
});
