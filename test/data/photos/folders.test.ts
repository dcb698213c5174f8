/** @file Classes and splits as folders tell them: splits are never taken for classes. */

import { describe, expect, it } from "vitest";
import { doubtfulClasses, placesOf } from "../../../src/data/photos/folders.js";
import { parseSplit } from "../../../src/data/photos/split-names.js";

/** `label split` of each path; `-` where there is none, `outside` for what belongs to no split. */
function told(paths: readonly string[]): string[] {
  return placesOf(paths).map(({ label = "-", split = "-", outside }) => (outside ? "outside" : `${label} ${split}`));
}

/** A photo of a cat and one of a dog in each folder. */
const both = (...folders: string[]) => folders.flatMap((folder) => [`${folder}/cat/1.jpg`, `${folder}/dog/2.jpg`]);
const catDog = (...splits: string[]) => splits.flatMap((split) => [`cat ${split}`, `dog ${split}`]);

describe("placesOf(paths)", () => {
  it.each<[string, string[], string[]]>([
    ["training_set and test_set", both("training_set", "test_set"), catDog("train", "test")],
    ["Training and Testing", both("Training", "Testing"), catDog("train", "test")],
    ["train2017 and val2017", both("train2017", "val2017"), catDog("train", "validation")],
    ["TrainingData and ValidationData", both("TrainingData", "ValidationData"), catDog("train", "validation")],
    ["train-images, dev and holdout", both("train-images", "dev", "holdout"), catDog("train", "validation", "test")],
    [
      "training, validation and evaluation",
      both("training", "validation", "evaluation"),
      catDog("train", "validation", "test"),
    ],
    ["flowers_train and flowers_test", both("flowers_train", "flowers_test"), catDog("train", "test")],
    ["a split alone", both("archive/train"), catDog("train")],
    ["folders in folders", both("archive/archive/data/train", "archive/archive/data/test"), catDog("train", "test")],
    ["train/train", both("x/train/train", "x/test/test"), catDog("train", "test")],
    ["train/images", both("train/images", "val/images"), catDog("train", "validation")],
    ["images/train", both("images/train", "images/val"), catDog("train", "validation")],
    [
      "Intel's seg_train/seg_train, and seg_pred beside",
      [...both("seg_train/seg_train", "seg_test/seg_test"), "seg_pred/seg_pred/3.jpg"],
      [...catDog("train", "test"), "outside"],
    ],
    [
      "a folder and a picture beside the dataset",
      [...both("dataset/training_set", "dataset/test_set"), "single_prediction/cat_or_dog.jpg", "logo.png"],
      [...catDog("train", "test"), "outside", "outside"],
    ],
    [
      "splits in the folders of classes",
      ["cat/train/1.jpg", "cat/test/2.jpg", "dog/train/1.jpg", "dog/test/2.jpg"],
      ["cat train", "cat test", "dog train", "dog test"],
    ],
    ["pictures deeper in a class", ["train/cat/old/1.jpg", "train/dog/2.jpg"], ["cat train", "dog train"]],
    ["splits without classes, for annotations", ["train/1.jpg", "val/2.jpg"], ["- train", "- validation"]],
  ])("finds the splits of %s", (_, paths, expected) => {
    expect(told(paths)).toEqual(expected);
  });

  it.each<[string, string[], string[]]>([
    ["trains beside buses", ["train/1.jpg", "bus/2.jpg", "car/3.jpg"], ["train -", "bus -", "car -"]],
    [
      "trains beside buses, in splits",
      ["train/train/1.jpg", "train/bus/2.jpg", "test/train/3.jpg", "test/bus/4.jpg"],
      ["train train", "bus train", "train test", "bus test"],
    ],
    ["a class called test", ["test/1.jpg", "control/2.jpg"], ["test -", "control -"]],
    ["train stations", ["train_station/1.jpg", "bus_stop/2.jpg"], ["train_station -", "bus_stop -"]],
    ["classes with folders", ["cat/old/1.jpg", "dog/2.jpg"], ["cat -", "dog -"]],
  ])("takes %s for classes", (_, paths, expected) => {
    expect(told(paths)).toEqual(expected);
  });
});

describe("doubtfulClasses(classes)", () => {
  it("warns of classes that are called like splits, and not of those with a split's word in their names", () => {
    expect(doubtfulClasses(["bus", "train"])).toEqual([
      '"train" may be a split, and is taken for a class, because of the folders beside it',
    ]);
    expect(doubtfulClasses(["old training", "new test"])).toHaveLength(1);
    expect(doubtfulClasses(["train station", "bus stop", "testosterone"])).toEqual([]);
  });
});

describe("parseSplit(name)", () => {
  it("knows splits in any spelling, and no other words", () => {
    expect(["TRAIN", "valid", "test1", "Validation_Set", "testset", "dev"].map(parseSplit)).toEqual([
      ...["train", "validation", "test", "validation", "test", "validation"],
    ]);
    expect(["trainer", "contest", "old", "train_test", "test tube", ""].map(parseSplit)).toEqual(
      Array(6).fill(undefined),
    );
  });
});
