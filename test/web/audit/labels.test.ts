/** @file Decisions on labels, and the list of them that `fovea improve --accept` reads. */

import { describe, expect, it } from "vitest";
import { acceptedChanges, writeLabelChanges } from "../../../src/data/label-changes.js";
import type { Entry } from "../../../web/src/audit/entries.js";
import {
  changesOf,
  type Decision,
  isContradicted,
  nextUndecided,
  proposedClass,
} from "../../../web/src/audit/labels.js";
import { entries, entry, folders, ids } from "./some-entries.js";

const three = new Set([0, 1, 2]);
const at = (place: number) => entries[place] as Entry;

it("isContradicted(entry) leaves out what the page drew itself", () => {
  expect(ids(entries.filter(isContradicted))).toEqual([2, 3, 5]);
  const drawn = { ...at(1), picture: { ...at(1).picture, drawn: true } };
  expect(isContradicted(drawn)).toBe(false);
});

describe("nextUndecided(shown, place, decisions)", () => {
  const decided = (...done: number[]) => new Map<number, Decision>(done.map((id) => [id, { verdict: "unclear" }]));

  it("goes on from a place, and round to the beginning", () => {
    expect(nextUndecided(entries, -1, decided())).toBe(at(1));
    expect(nextUndecided(entries, 1, decided())).toBe(at(2));
    expect(nextUndecided(entries, 2, decided(5))).toBe(at(1));
  });

  it("is nothing where all the others are decided", () => {
    expect(nextUndecided(entries, 4, decided(2, 3))).toBeUndefined();
  });
});

it("proposedClass(entry, folderClasses) is the model's where a folder has it, or the only other one", () => {
  expect(proposedClass(at(1), folders)).toBe(1);
  expect(proposedClass(at(2), folders)).toBe(0);
  expect(proposedClass(entry(7, 0, 9, 0.9), three)).toBeUndefined();
});

describe("changesOf(entries, listed)", () => {
  const classes = ["cats", "dogs", "foxes"];
  const folderOf = (index: number) => classes[index] ?? "";
  const filed = (id: number, truth: number, predicted: number, path: string): Entry => {
    const made = entry(id, truth, predicted, 0.95);
    return { ...made, picture: { ...made.picture, name: path, class: folderOf(truth) } };
  };
  const photos = [
    filed(1, 0, 1, "pets/cats/=1.jpg"),
    filed(2, 1, 0, "pets/dogs/2, left.jpg"),
    filed(3, 0, 9, "pets/cats/3.jpg"),
    filed(4, 0, 2, "pets/cats/4.jpg"),
    filed(5, 1, 1, "pets/dogs/5.jpg"),
  ];
  const labelOf = (path: string) => photos.find(({ picture }) => picture.name === `pets/${path}`)?.picture.class;
  const listed = (decisions: [number, Decision][], doubtful: number[] = []) =>
    changesOf(photos, {
      ...{ decisions: new Map(decisions), doubtful: new Set(doubtful), folderClasses: three, folderOf },
    });

  it("is read by improve's own reader, which takes the wrong labels alone", () => {
    const changes = listed(
      [
        [1, { verdict: "label wrong", to: 2 }],
        [2, { verdict: "label wrong" }],
        [3, { verdict: "model wrong" }],
      ],
      [4],
    );
    const accepted = acceptedChanges(writeLabelChanges(changes), "label-changes.csv", { classes, labelOf });
    expect(accepted).toEqual([
      { path: "cats/=1.jpg", old: "cats", new: "foxes", verdict: "label wrong" },
      { path: "dogs/2, left.jpg", old: "dogs", new: "cats", verdict: "label wrong" },
    ]);
  });

  it("has doubtful labels without a verdict until they are decided", () => {
    expect(listed([], [4])).toEqual([{ path: "cats/4.jpg", old: "cats", new: "foxes", verdict: undefined }]);
    expect(listed([[4, { verdict: "unclear" }]], [4])[0]?.verdict).toBe("unclear");
  });

  it("names no class where the model's is none of the folders'", () => {
    expect(listed([[3, { verdict: "model wrong" }]])).toMatchObject([{ path: "cats/3.jpg", new: "" }]);
  });
});
