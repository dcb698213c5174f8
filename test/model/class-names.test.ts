/** @file Classes are chosen by index or by name. */

import { describe, expect, it } from "vitest";
import { classChoice, classChoices, classIndex, classIndices, findClassNames } from "../../src/model/class-names.js";

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

describe("a class by a text", () => {
  const cats = {
    card: {
      classes: [
        "tabby, tabby cat",
        "tiger cat",
        "tiger",
        "Cardigan, corgi",
        "cardigan",
        "crane, bird",
        "crane, machine",
      ],
    },
    classCount: 7,
    classTerms: [
      { term: "n02123045", indices: [0] },
      { term: "n02120997", name: "feline", indices: [0, 1, 2] },
    ],
  };

  it.each<[string, number]>([
    ["Tabby, tabby cat", 0],
    ["tiger", 2],
    ["Tiger_Cat", 1],
    ["tabby cat", 0],
    ["corgi", 3],
    ["cardigan", 4],
    ["n02123045", 0],
    ["3", 3],
    ["machine", 6],
    ["tabb", 0],
    ["CORG", 3],
  ])("%s: its whole name, then a word of it or an id, then an index, then a unique part", (text, index) => {
    expect(classIndex(cats, text)).toBe(index);
    expect(classChoices(cats, text)).toEqual([index]);
  });

  it("is several classes with commas between, where all of it is no name", () => {
    expect(classIndices(cats, "tiger, 4,tabb, tiger")).toEqual([2, 4, 0]);
    expect(classChoices(cats, "predicted, tiger")).toEqual(["predicted", 2]);
    expect(classIndices(cats, "n02120997")).toEqual([0, 1, 2]);
    expect(() => classIndex(cats, "tiger, 4")).toThrow(
      'class "tiger, 4": expected one class, got 2: tiger (2), cardigan (4)',
    );
    expect(() => classIndices(cats, "tiger, lion")).toThrow(/^unknown class "lion": expected one of /);
  });

  it.each<[string, RegExp]>([
    [
      "tig",
      /^class "tig": expected one class, got 2 with it in their names: tiger cat \(1\), tiger \(2\): give the whole name$/,
    ],
    [
      "crane",
      /^class "crane": expected one class, got 2 with it in their names: crane, bird \(5\), crane, machine \(6\)/,
    ],
    ["feline", /^unknown class "feline": expected one of /],
    ["7", /^class "7": expected 0 to 6$/],
  ])("%s is refused with all candidates, or the nearest names", (text, message) => {
    expect(() => classIndices(cats, text)).toThrow(
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

describe("a name that several classes have", () => {
  const doubled = { card: { classes: ["cat", "dog", "cat", "Cat", "mouse"] }, classCount: 5 };

  it("is refused with their indices, by which each is found", () => {
    expect(() => classIndex(doubled, "cat")).toThrow(
      expect.objectContaining({
        code: "unknown-name",
        message: 'class "cat": expected one class, got 2 of that name: cat (0), cat (2): give the class\'s index',
      }),
    );
    expect(() => classChoices(doubled, "dog, CAT")).toThrow(
      /got 3 of that name: cat \(0\), cat \(2\), Cat \(3\): give/,
    );
    expect([classIndex(doubled, "2"), classIndex(doubled, "Cat"), classIndex(doubled, "dog")]).toEqual([2, 3, 1]);
  });

  it("is noted where the names are given, and the model opens", async () => {
    const given = { origin: "from names.txt", classes: doubled.card.classes };
    const { classes, notes } = await findClassNames({}, { given }, 5, () => true);
    expect(classes).toEqual(doubled.card.classes);
    expect(notes).toEqual(['class names: "cat" is the name of 2 classes (0, 2): give such a class by its index']);
  });
});
