/** @file ImageNet's classes by WordNet's ids, by their synonyms and by wider terms. */

import { describe, expect, it } from "vitest";
import { withTerms } from "../../../src/model/classes/class-terms.js";
import { classFinder } from "../../../src/model/classes/find-classes.js";
import { imageNetIds, imageNetSynonyms, widerSynsets } from "../../../src/model/classes/imagenet-synsets.js";
import { imageNetClasses } from "../../../src/model/imagenet-classes.js";
import type { Labels } from "../../../src/model/labels/labels.js";

async function finderOf(labels: Labels) {
  const { classes, terms } = await withTerms(labels);
  const finder = classFinder({ card: { classes }, classTerms: terms });
  return (text: string) => finder.find(text)?.indices;
}

describe("the table of ImageNet's synsets", () => {
  it("has an id and synonyms for each of the thousand classes, ids in rising order", () => {
    expect([imageNetIds.length, imageNetSynonyms.length, new Set(imageNetIds).size]).toEqual([1000, 1000, 1000]);
    expect(imageNetIds.every((id) => /^n\d{8}$/.test(id))).toBe(true);
    expect([...imageNetIds].sort()).toEqual(imageNetIds);
    // From the list that came with ILSVRC 2012.
    const known = [
      [0, "n01440764", "tench", "Tinca tinca"],
      [281, "n02123045", "tabby", "tabby cat"],
      [340, "n02391049", "zebra", ""],
      [761, "n04074963", "remote control", "remote"],
      [999, "n15075141", "toilet tissue", "toilet paper, bathroom tissue"],
    ] as const;
    for (const [index, id, name, synonyms] of known) {
      expect([imageNetIds[index], imageNetClasses[index], imageNetSynonyms[index]]).toEqual([id, name, synonyms]);
    }
  });

  it("has wider terms: dogs of 118 breeds, domestic cats, and terms inside of each other", () => {
    const indicesOf = (id: string) => widerSynsets.find((each) => each.id === id)?.indices ?? [];
    const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
    expect(indicesOf("n02084071")).toEqual(range(151, 268));
    expect(indicesOf("n02121808")).toEqual(range(281, 285));
    expect(indicesOf("n02120997")).toEqual(range(281, 293));
    expect(indicesOf("n01503061")).toEqual([...range(7, 24), ...range(80, 100), ...range(127, 146)]);
    for (const { id, indices } of widerSynsets) {
      expect(indices.length).toBeGreaterThan(1);
      expect(imageNetIds).not.toContain(id);
    }
  });
});

describe("withTerms(labels)", () => {
  it("gives ImageNet's names ids and synonyms, also behind a background and where the lists differ in words", async () => {
    const find = await finderOf({ names: imageNetClasses });
    expect([find("n02123045"), find("Tabby Cat"), find("tabby"), find("tinca_tinca")]).toEqual([
      [281],
      [281],
      [281],
      [0],
    ]);
    const behind = await finderOf({ names: ["background", ...imageNetClasses] });
    expect([behind("n02123045"), behind("n02084071")?.[0]]).toEqual([[282], 152]);
    const long = imageNetClasses.map((name, i) => (i % 20 === 0 ? "another word" : `${name}, and so on`));
    expect((await finderOf({ names: long }))("n02123045")).toEqual([281]);
  });

  it("leaves a thousand other classes alone", async () => {
    expect((await withTerms({ names: Array.from({ length: 1000 }, (_, i) => `class ${i}`) })).terms).toBeUndefined();
    expect((await withTerms({ names: [...imageNetClasses].reverse() })).terms).toBeUndefined();
  });

  it("takes ids in any order and number, and gives ids without names ImageNet's", async () => {
    const labels = { names: ["n02123045", "n02085620", "n02124075"], ids: ["n02123045", "n02085620", "n02124075"] };
    const { classes, terms = [] } = await withTerms(labels);
    expect(classes).toEqual(["tabby", "Chihuahua", "Egyptian cat"]);
    const find = classFinder({ card: { classes }, classTerms: terms }).find;
    expect(find("n02121808")).toEqual({ indices: [0, 2], together: true, name: "domestic cat" });
    expect(find("n02084071")?.indices).toEqual([1]);
    expect(find("n00000000")).toBeUndefined();
  });
});
