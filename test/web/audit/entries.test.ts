/** @file Which classified images are shown, in which order, and which class was taken for which. */

import { describe, expect, it } from "vitest";
import {
  countConfusions,
  countPredictions,
  type Entry,
  type Filter,
  filterEntries,
  findConfusedPairs,
  isRight,
  noFilter,
  other,
  sortEntries,
} from "../../../web/src/audit/entries.js";

/** @param truth undefined for an image without a folder */
function entry(id: number, truth: number | undefined, predicted: number, confidence: number): Entry {
  const picture = { id, name: `photos/${id}.jpg`, url: "", width: 1, height: 1 };
  return { picture, truth, predicted, confidence, ofTruth: undefined, thumbnail: undefined };
}

const names = ["cat", "dog", "fox"];
const nameOf = (index: number) => names[index] ?? String(index);
/** Folders of cats and dogs; a model that also knows foxes. */
const folders = new Set([1, 0]);
const entries = [
  entry(1, 0, 0, 0.9),
  entry(2, 0, 1, 0.6),
  entry(3, 1, 2, 0.4),
  entry(4, 1, 1, 0.99),
  entry(5, 0, 1, 0.8),
  entry(6, undefined, 2, 0.5),
];
const ids = (found: readonly Entry[]) => found.map(({ picture }) => picture.id);
const shown = (filter: Partial<Filter>) => ids(filterEntries(entries, { ...noFilter, ...filter }, folders, nameOf));

it("isRight(entry) is unknown without a true class", () => {
  expect(entries.map(isRight)).toEqual([true, false, false, true, false, undefined]);
});

describe("filterEntries(entries, filter, folderClasses, nameOf)", () => {
  it("keeps all without a filter, in their order", () => {
    expect(shown({})).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keeps right or wrong ones, and neither where nobody knows", () => {
    expect(shown({ verdict: "right" })).toEqual([1, 4]);
    expect(shown({ verdict: "wrong" })).toEqual([2, 3, 5]);
  });

  it("keeps a true class, a predicted one, or those that no folder has", () => {
    expect(shown({ truth: 0 })).toEqual([1, 2, 5]);
    expect(shown({ truth: 0, predicted: 1 })).toEqual([2, 5]);
    expect(shown({ predicted: other })).toEqual([3, 6]);
  });

  it("keeps confidences between two percentages, both included", () => {
    expect(shown({ least: 60, most: 90 })).toEqual([1, 2, 5]);
  });

  it("finds a text in the names of the file and of both classes, in any case", () => {
    expect(shown({ text: " FOX " })).toEqual([3, 6]);
    expect(shown({ text: "cat" })).toEqual([1, 2, 5]);
    expect(shown({ text: "/4.jpg" })).toEqual([4]);
    expect(shown({ text: "cow" })).toEqual([]);
  });
});

describe("sortEntries(entries, order)", () => {
  it("sorts by confidence, and leaves the entries themselves as they are", () => {
    expect(ids(sortEntries(entries, "surest first"))).toEqual([4, 1, 5, 2, 6, 3]);
    expect(ids(sortEntries(entries, "least sure first"))).toEqual([3, 6, 2, 5, 1, 4]);
    expect(ids(sortEntries(entries, "as given"))).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("countConfusions(entries, folderClasses)", () => {
  it("has rows of true classes, and a last column for classes without a folder", () => {
    expect(countConfusions(entries, folders)).toEqual({
      classes: [0, 1],
      counts: [
        [1, 2, 0],
        [0, 1, 1],
      ],
      others: true,
    });
  });

  it("has no last column where only folders' classes are predicted", () => {
    const { counts, others } = countConfusions(entries.slice(0, 2), folders);
    expect([counts, others]).toEqual([
      [
        [1, 1],
        [0, 0],
      ],
      false,
    ]);
  });
});

it("findConfusedPairs(entries) has the most frequent pair first, without right ones and unknown ones", () => {
  expect(findConfusedPairs(entries)).toEqual([
    { truth: 0, predicted: 1, count: 2 },
    { truth: 1, predicted: 2, count: 1 },
  ]);
});

it("countPredictions(entries) has the most frequent class first, and equal ones by their index", () => {
  expect(countPredictions(entries)).toEqual([
    { predicted: 1, count: 3 },
    { predicted: 2, count: 2 },
    { predicted: 0, count: 1 },
  ]);
});
