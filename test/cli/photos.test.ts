/** @file `fovea data` and `fovea evaluate` on folders of photos. */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pictures, testFolder } from "../data/photos/folder.js";
import { coloured, colourModel } from "../support/images/colour-photos.js";
import { fovea } from "./fovea.js";

const folder = testFolder();
afterAll(() => folder.remove());

beforeAll(async () => {
  const [red, green] = [
    [250, 20, 20],
    [20, 250, 20],
  ] as const;
  const splits = { train: 2, val: 1, test: 4 };
  for (const [split, count] of Object.entries(splits)) {
    for (let i = 0; i < count; i++) {
      await folder.write({
        [`photos/${split}/red/${i}.png`]: await coloured(red, [12 + i, 10]),
        [`photos/${split}/green/${i}.png`]: await coloured(green, [12 + i, 10]),
      });
    }
  }
  // One photo in the wrong folder.
  await folder.write({ "photos/test/red/wrong.png": await coloured(green, [30, 20]) });
  await folder.write({
    "good/a/1.png": undefined,
    "good/a/2.png": undefined,
    ...pictures("good/b", 4),
    "broken/a/1.png": undefined,
    "broken/a/2.png": undefined,
    "broken/a/3.png": "no picture",
    ...pictures("broken/b", 2),
    "named.onnx": colourModel(["red, scarlet", "Green", "blue"]),
    "order.onnx": colourModel(undefined),
    "three.onnx": colourModel(undefined, 3),
    ...pictures("one/cat", 3),
    ...pictures("lone/a", 3),
    ...pictures("lone/b", 1),
    "empty/notes.txt": "nothing here",
    "unreadable/a/1.png": "no picture",
    "unreadable/b/1.png": "no picture",
    "lists/columns.csv": "path,klass\nx.png,a\n",
    "lists/outside.csv": "path,label\n../good/a/1.png,a\n",
    "lists/gone.csv": "path,label\nx.png,a\ny.png,b\n",
    "lists/labels.csv": "path,label\n1.png,red\n2.png,mauve\n3.png,mauve\n4.png,red\n",
    ...pictures("lists", 4),
  });
});

const run = (...args: string[]) => fovea(folder.path, args);

describe("fovea data PHOTOS", () => {
  it("tells classes, splits, sizes, boxes and near-duplicates", async () => {
    const { code, out, err } = await run("data", "photos");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("photos: 15 photos of 2 classes, classes by folder, splits as given\n");
    expect(out).toMatch(/^green +2 +1 +4 +7$/m);
    expect(out).toMatch(/^red +2 +1 +5 +8$/m);
    expect(out).toContain("sizes: 12x10 to 30x20, median 13x10\nboxes: none\n");
    expect(out).toMatch(/near-duplicates across splits \(pairs\): \d+\n {2}photos\/\w+\/green\/0\.png \(\w+\) and /);
  });

  it("gives the same as JSON, and lists what is skipped with exit code 1", async () => {
    const { code, out, err } = await run("data", "broken", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      name: "broken",
      classes: ["a", "b"],
      counts: [
        { name: "a", train: 1, validation: 0, test: 1, all: 2 },
        { name: "b", all: 2 },
      ],
      sizes: { smallest: "24x16", largest: "24x16", median: "24x16" },
      boxes: 0,
      nearDuplicates: [],
      skipped: [{ path: "broken/a/3.png", reason: expect.stringContaining("image: expected a JPEG") }],
    });
    expect(err).toMatch(/^fovea: broken\/a\/3\.png: image: .*\nfovea: 1 of 5 photos skipped\n$/);
  });
});

describe("fovea evaluate MODEL PHOTOS", () => {
  it("measures the test split, matching classes by name, and names the errors' files", async () => {
    const { code, out, err } = await run("evaluate", "named.onnx", "photos");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("on the test split's 9 photos of photos: 15 photos of 2 classes");
    // 8 of 9 right; Wilson's interval computed by hand.
    expect(out).toContain("accuracy   88.89 %  (95% interval 56.50 % to 98.01 %; 1 errors)");
    expect(out).toMatch(/^photos\/test\/red\/wrong\.png +red, scarlet +Green/m);
    expect(out).not.toContain("blue");
  });

  it("matches by order where the model has no names, and takes the split that is asked for", async () => {
    // The order of names is green, red; the model's is red, green: everything is wrong but the photo in the wrong folder.
    const { code, out } = await run("evaluate", "order.onnx", "photos", "--split", "all", "--json");
    expect(code).toBe(0);
    const { count, correct, split, errors } = JSON.parse(out);
    expect([count, correct, split, errors.length]).toEqual([15, 1, "all", 14]);
    expect(errors[0].path).toMatch(/^photos\/.*\.png$/);
  });

  it("takes classes of the model for one, by name or index, and says which", async () => {
    const warm = ["--group", "red=red, scarlet,blue", "--json"];
    const { code, out } = await run("evaluate", "named.onnx", "photos", "--split", "all", ...warm);
    expect(code).toBe(0);
    const { classes, count, confusion } = JSON.parse(out);
    expect([classes, count]).toEqual([["red", "Green"], 15]);
    expect(confusion).toEqual([
      [7, 1],
      [0, 7],
    ]);
    const text = await run("evaluate", "named.onnx", "photos", "--group", "red=0,2", "--group", "green=1-1");
    expect(text.out).toContain("red stands for red, scarlet; blue\ngreen stands for Green\n");
  });

  it("lists photos that cannot be read and exits with 1", async () => {
    const { code, out, err } = await run("evaluate", "order.onnx", "broken", "--split", "all");
    expect(code).toBe(1);
    expect(out).toContain("on all 4 photos of broken");
    expect(err).toMatch(/^fovea: broken\/a\/3\.png: image: .*\nfovea: 1 of 5 photos skipped\n$/);
  });
});

describe("bad input", () => {
  it.each<[string, string[], RegExp]>([
    ["a folder that is not there", ["data", "./gone"], /^fovea: \.\/gone: photos: expected a folder, got none there$/],
    ["an empty folder", ["data", "empty"], /^fovea: empty: photos: expected .*, got no image$/],
    ["one class only", ["data", "one"], /^fovea: one: photos: expected at least 2 classes, got only "cat"$/],
    [
      "a class with one image",
      ["evaluate", "order.onnx", "lone"],
      /class "b": expected at least 2, .*lone\/b\/1\.png$/,
    ],
    ["unreadable images alone", ["data", "unreadable"], /got 2 that cannot be used, the first unreadable\/a\/1\.png/],
    ["a CSV without columns", ["data", "lists/columns.csv"], /columns: expected path and label, got path, klass$/],
    [
      "a CSV with paths outside",
      ["data", "lists/outside.csv"],
      /line 2: path: expected one inside the manifest's folder/,
    ],
    ["a CSV of files that are gone", ["data", "lists/gone.csv"], /got 2 that cannot be used, the first lists\/x\.png/],
    [
      "a CSV with labels that the model has not",
      ["evaluate", "named.onnx", "lists/labels.csv"],
      /^fovea: named: classes: expected names for mauve of lists\/labels\.csv, got red, scarlet, Green, blue/,
    ],
    [
      "a model with another number of classes",
      ["evaluate", "three.onnx", "good"],
      /^fovea: three: classes: expected a model with the 2 classes of good, got 3 without names$/,
    ],
    [
      "a split that is not there",
      ["evaluate", "order.onnx", "photos", "--split", "tset"],
      /unknown split "tset": expected one of test/,
    ],
    ["a picture", ["data", join("photos", "test", "red", "wrong.png")], /expected a folder, a list of photos as \.csv/],
  ])("%s", async (_, args, sentence) => {
    const { code, out, err } = await run(...args);
    expect(err.trim()).toMatch(sentence);
    expect([code, out, err.trim().split("\n").length]).toEqual([2, "", 1]);
  });
});
