/** @file What is a part of the object, and what a short cut. */

import { expect, it } from "vitest";
import { isNeeded } from "../../../src/improve/verify/needed.js";

it.each([
  // A stamp: without it the probe tells as much, and many answers follow it.
  [{ rest: 0.97, whole: 0.98, tells: 0.95, effect: 0.4 }, false],
  // A part of a digit: what follows it is what needs it.
  [{ rest: 0.92, whole: 0.967, tells: 0.83, effect: 0.25 }, true],
  // A mark that tells all: the probe of whole images had it to go by, and misses it a little.
  [{ rest: 0.943, whole: 0.967, tells: 1, effect: 0.045 }, false],
  // Red apples and green ones: the colour tells all, and without it nothing does.
  [{ rest: 0.55, whole: 1, tells: 1, effect: 0.9 }, true],
  // The place of the object that is no more than noise off.
  [{ rest: 0.96, whole: 0.969, tells: 0.6, effect: 0.001 }, false],
])("%j: %s", (told, needed) => {
  expect(isNeeded(told)).toBe(needed);
});
