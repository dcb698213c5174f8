/** @file Kinds of images, and how many there are of each. */

import { expect, it } from "vitest";
import { countFacets, isAtBorder, sureFrom } from "../../../web/src/audit/facets.js";
import { entries } from "./some-entries.js";

it("countFacets(entries, findings) counts an image in each of its facets", () => {
  const findings = {
    ...{ doubtful: new Set([5]), border: new Set([1, 5]), decided: new Set<number>(), sureFrom: 0.65 },
  };
  expect(countFacets(entries, findings)).toEqual({ wrong: 3, doubtful: 1, border: 2, unsure: 3, right: 2, decided: 0 });
});

it("sureFrom(classes) lies halfway between a guess and certainty", () => {
  expect([2, 10, 1000, undefined].map(sureFrom)).toEqual([0.75, 0.55, 0.5005, 0.75]);
});

it("isAtBorder(border) asks for half as much again as a uniform map has", () => {
  const shares = [0.3, 0.53, 0.54, 0.9].map((share) => ({ share, even: 0.36 }));
  expect(shares.map(isAtBorder)).toEqual([false, false, true, true]);
  expect([undefined, { share: 0.2, even: 0 }].map(isAtBorder)).toEqual([false, false]);
});
