/** @file Classes of a dataset found among a model's by their names, and the classes of a report about both. */

import { describe, expect, it } from "vitest";
import { matchClasses } from "../../src/model/match-classes.js";
import { reportedClasses } from "../../src/report/collect/reported-classes.js";

const named = (classes: readonly string[] | undefined, classCount = classes?.length) => ({
  name: "m.onnx",
  model: { card: classes ? { classes } : {}, classCount },
});
const data = (...classes: string[]) => ({ name: "photos", classes });

describe("matchClasses", () => {
  it("finds names whatever their case and spaces, and one of several in a label", () => {
    const model = named(["tabby, tabby cat", "Golden Retriever", "crane", "crane, bird"]);
    expect(matchClasses(model, data("golden_retriever", "tabby cat", "bird", "crane")).indices).toEqual([1, 0, 3, 2]);
  });

  it("goes by order where the model has no names, and then has the data's", () => {
    expect(matchClasses(named(undefined, 2), data("cat", "dog"))).toEqual({ classes: ["cat", "dog"], indices: [0, 1] });
    expect(() => matchClasses(named(undefined, 3), data("cat", "dog"))).toThrow(
      "m.onnx: classes: expected a model with the 2 classes of photos, got 3 without names",
    );
  });

  it("says which names are missing, and what helps", () => {
    expect(() => matchClasses(named(["cat", "dog"]), data("cat", "cow"))).toThrow(
      "m.onnx: classes: expected names for cow of photos, got cat, dog (a file of labels gives a model other names)",
    );
    expect(() => matchClasses(named(["cat", "dog"]), data("cow", "hen"), "do this")).toThrow("(do this)");
  });

  it("refuses two classes that are one of the model", () => {
    expect(() => matchClasses(named(["tabby, tabby cat", "dog"]), data("tabby", "tabby cat"))).toThrow(
      "expected a class for each class of photos, got several that are one class of the model",
    );
  });
});

describe("reportedClasses", () => {
  it("has the data's classes first, then those of each model, once", () => {
    const own = ["dog", "cat"];
    const matched = [
      { classes: ["cat", "cow", "dog"], indices: [2, 0] },
      { classes: ["hen", "dog", "cow", "cat"], indices: [1, 3] },
    ];
    expect(reportedClasses(own, matched)).toEqual({
      names: ["dog", "cat", "cow", "hen"],
      classes: [
        [1, 2, 0],
        [3, 0, 2, 1],
      ],
    });
  });
});
