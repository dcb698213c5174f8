/** @file Which class was taken for which, and how often. */

import { describe, expect, it } from "vitest";
import { countConfusions, countPredictions, findConfusedPairs, isRight } from "../../../web/src/audit/entries.js";
import { entries, folders } from "./some-entries.js";

it("isRight(entry) is unknown without a true class", () => {
  expect(entries.map(isRight)).toEqual([true, false, false, true, false, undefined]);
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
