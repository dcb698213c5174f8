/** @file What maps of three families say together, and its words. */

import { describe, expect, it } from "vitest";
import {
  numbersInWords,
  shownInWords,
  verdictInWords,
  verdictOnShown,
} from "../../../src/evaluate/agreement/families-in-words.js";
import { type FamilyMap, judgeFamilies } from "../../../src/evaluate/agreement/judge-families.js";
import type { FamilyName } from "../../../src/explain/method.js";

/** A hill at a place of 7 by 7. */
function hill(family: FamilyName, method: string, x: number, y: number, steepness = 1): FamilyMap {
  const values = Float32Array.from({ length: 49 }, (_, i) => {
    const distance = Math.hypot((i % 7) - x, Math.floor(i / 7) - y);
    return Math.exp(-steepness * distance);
  });
  return { family, method, title: method.toUpperCase(), grid: { width: 7, height: 7, values } };
}

const [cam, pixels, perturbation] = [
  hill("cam", "a", 1.2, 5.1),
  hill("pixels", "b", 1.3, 5, 3),
  hill("perturbation", "c", 1.1, 5.2, 0.5),
];
const elsewhere = hill("perturbation", "c", 5.2, 1.3);

describe("judgeFamilies()", () => {
  it("agrees where all three show one place, however steep each is", () => {
    const result = judgeFamilies([cam, pixels, perturbation], []);
    expect(result.verdict).toBe("agree");
    expect(result.pairs.map(({ methods }) => methods.join())).toEqual(["a,b", "a,c", "b,c"]);
    expect(verdictInWords(result)).toBe("three families of methods agree");
    expect(numbersInWords(result.pairs)).toBe("rank correlation 1.00, hottest fifth shared 1.00, by chance 0.20");
  });

  it("names the one that differs", () => {
    const result = judgeFamilies([cam, pixels, elsewhere], []);
    expect(result.verdict).toBe("partly");
    expect(verdictInWords(result)).toBe("three families of methods agree in part: A and B do, C differs");
  });

  it("names the one between two that differ", () => {
    // Two hills, at the places of the others.
    const both = new Float32Array(cam.grid.values.map((value, i) => value + (elsewhere.grid.values[i] ?? 0)));
    const between = { ...pixels, grid: { ...pixels.grid, values: both } };
    const result = judgeFamilies([cam, between, elsewhere], []);
    expect(result.pairs.map(({ agrees }) => agrees)).toEqual([true, false, true]);
    expect(verdictInWords(result)).toContain("B agrees with A and C, which differ from each other");
  });

  it("disagrees where each shows another place", () => {
    const third = hill("pixels", "b", 5.2, 5.3);
    const result = judgeFamilies([cam, third, elsewhere], []);
    expect(result.verdict).toBe("disagree");
    expect(verdictInWords(result)).toBe("three families of methods disagree");
    expect(numbersInWords(result.pairs)).toMatch(
      /^rank correlation -[\d.]+ to -?[\d.]+, hottest fifth shared 0.00 to /,
    );
  });

  it("is alone with one family, and says of two that they are two", () => {
    const silent = { family: "pixels", title: "B", reason: "no gradient" } as const;
    expect(judgeFamilies([cam], [silent]).verdict).toBe("alone");
    expect(verdictInWords(judgeFamilies([cam, perturbation], [silent]))).toBe("two families of methods agree");
  });

  it("lays the map that is shown beside the families that are not its own", () => {
    const [right, wrong] = [hill("cam", "x", 1.4, 5, 2), hill("cam", "y", 5.2, 1.3)];
    const agreeing = judgeFamilies([cam, pixels, perturbation], [], right).shown;
    expect(agreeing?.pairs.map(({ methods }) => methods.join())).toEqual(["x,b", "x,c"]);
    expect(agreeing?.verdict).toBe("agree");
    const result = judgeFamilies([cam, pixels, perturbation], [], wrong);
    expect(result.shown?.verdict).toBe("disagree");
    expect(shownInWords(result)).toBe("this map, Y, agrees with no other family");
    expect(verdictOnShown(result)).toBe("disagree");
  });

  it("says nothing of a map that is its family's own", () => {
    const result = judgeFamilies([cam, pixels, perturbation], [], { ...cam, method: "x" });
    expect(shownInWords(result)).toBeUndefined();
    expect(verdictOnShown(result)).toBe("agree");
  });
});
