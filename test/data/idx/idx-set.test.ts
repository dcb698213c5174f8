/** @file Datasets of IDX files that somebody chose. */

import { describe, expect, it } from "vitest";
import type { LabelledImages } from "../../../src/data/dataset.js";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { idxDataset } from "../../../src/data/idx/idx-set.js";
import { idxFiles } from "../../support/images/idx.js";

const digits = drawDigits({ seed: 3, train: 70, test: 20 });
const train = idxFiles(digits.train, "train");
const test = idxFiles(digits.test, "t10k");
const pixels = ({ pixels }: LabelledImages) => Buffer.from(pixels).toString("base64");

describe("idxDataset", () => {
  it("takes four files in any order, and learns from those called train", async () => {
    const set = await idxDataset([test[1], train[1], test[0], train[0]], 1);
    expect(set).toMatchObject({ name: "idx", classes: digits.classes, train: { count: 70 }, test: { count: 20 } });
    expect(pixels(set.train)).toBe(pixels(digits.train));
    expect(pixels(set.test)).toBe(pixels(digits.test));
    expect(set.source).toContain("train-images-idx3-ubyte: 70 training and 20 test images");
  });

  it("puts aside a seventh of each class where there is one pair, whatever it is called", async () => {
    const set = await idxDataset(idxFiles(digits.train, "t10k"), 1);
    expect([set.train.count, set.test.count]).toEqual([60, 10]);
    expect([...set.test.labels].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.each([
    ["images without labels", [train[0]], /its labels as well \(train-labels-idx1-ubyte\): give both files together/],
    ["labels without images", [train[1]], /its images as well \(train-images-idx3-ubyte\)/],
    ["a pair that is torn", [train[0], test[1]], /its labels as well/],
    ["no files", [], /got 0 sets/],
    ["the same file twice", [train[0], train[0]], /expected one of them/],
    ["another name", [{ ...train[0], name: "data.bin" }], /data.bin: expected a name with "images" or "labels" in it/],
    ["three sets", [...train, ...test, ...idxFiles(digits.test, "extra")], /got 3 sets/],
    [
      "images of two sizes",
      [...train, ...idxFiles({ ...digits.test, height: 56, count: 10, labels: digits.test.labels.slice(10) }, "t10k")],
      /expected test images of 28 x 28 as for training, got 56 x 28/,
    ],
    ["one class", idxFiles({ ...digits.test, labels: new Uint8Array(20) }, "train"), /labels of 2 or more classes/],
  ])("refuses %s", async (_, files, sentence) => {
    await expect(idxDataset(files, 1)).rejects.toThrow(sentence);
  });
});
