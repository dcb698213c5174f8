/** @file Classes are chosen by index or by name. */

import { describe, expect, it } from "vitest";
import { classChoice, classIndex } from "../../src/model/class-names.js";

const named = { card: { classes: ["cat", "Zebra", "dog", "0"] }, classCount: 4 };
const unnamed = { card: {}, classCount: 4 };

describe("classIndex(model, choice)", () => {
  it.each([
    [2, 2],
    ["dog", 2],
    ["ZEBRA", 1],
    ["2", 2],
    ["0", 3],
  ])("of %j is %d: an index, a name in any case, or digits that are no name", (choice, index) => {
    expect(classIndex(named, choice)).toBe(index);
  });

  it("takes any whole number where the number of classes is not known", () => {
    expect(classIndex({ card: {}, classCount: undefined }, 1234)).toBe(1234);
    expect(() => classIndex({ card: {}, classCount: undefined }, 0.5)).toThrow(
      "class 0.5: expected a whole number from 0 on",
    );
  });

  it.each([
    [named, "zebre", /^unknown class "zebre": expected one of Zebra, /],
    [named, "predicted", /^unknown class "predicted"/],
    [named, 4, /^class 4: expected 0 to 3$/],
    [unnamed, "cat", /^class "cat": expected 0 to 3$/],
    [unnamed, -1, /^class -1: expected 0 to 3$/],
    [unnamed, 1.5, /^class 1.5: expected 0 to 3$/],
  ])("refuses what is no class with code unknown-name", (model, choice, message) => {
    expect(() => classIndex(model, choice)).toThrow(
      expect.objectContaining({ code: "unknown-name", message: expect.stringMatching(message) }),
    );
  });
});

describe("classChoice(model, choice)", () => {
  it("leaves predicted as it is, and finds all others", () => {
    expect(classChoice(named, "predicted")).toBe("predicted");
    expect(classChoice(named, "zebra")).toBe(1);
  });

  it("says in its refusals that predicted is accepted", () => {
    expect(() => classChoice(named, 7)).toThrow("class 7: expected 0 to 3 (cat to 0), or predicted");
    expect(() => classChoice(unnamed, "7")).toThrow('class "7": expected 0 to 3, or predicted');
    expect(() => classChoice(named, "predict")).toThrow(/expected one of predicted, /);
  });
});
