/** @file The families of methods: every method is in one, exact ones first, random maps apart at the end. */

import { describe, expect, it } from "vitest";
import { byFamily, families, familyOf } from "../../../src/explain/methods/families.js";
import { methodNamed, methods } from "../../../src/explain/methods/index.js";

const names = (family: string) =>
  byFamily()
    .find((each) => each.family.name === family)
    ?.methods.map(({ name }) => name) ?? [];

describe("byFamily()", () => {
  it("has every method once, in the order of the table", () => {
    const listed = byFamily();
    expect(listed.flatMap((each) => each.methods.map(({ name }) => name)).sort()).toEqual(
      methods.map(({ name }) => name).sort(),
    );
    expect(listed.map(({ family }) => family)).toEqual(families);
  });

  it("puts random maps apart, at the end", () => {
    expect(
      byFamily()
        .at(-1)
        ?.methods.map(({ name }) => name),
    ).toEqual(["random-cam"]);
  });

  it("begins with what is exact place by place, and ends with what is blind for the class", () => {
    expect(names("cam").slice(0, 3)).toEqual(["hires-cam", "grad-cam-elementwise", "layer-cam"]);
    expect(names("cam").slice(-2)).toEqual(["eigen-cam", "kpca-cam"]);
  });

  it("leaves out families of which nothing is there", () => {
    expect(byFamily([methodNamed("rise")]).map(({ family }) => family.name)).toEqual(["perturbation"]);
  });
});

describe("familyOf(method)", () => {
  it.each([
    ["grad-cam", "cam"],
    ["score-cam", "cam"],
    ["guided-grad-cam", "pixels"],
    ["integrated-gradients", "pixels"],
    ["lrp", "relevance"],
    ["attn-lrp", "relevance"],
    ["occlusion", "perturbation"],
    ["gradient-attention", "attention"],
    ["random-cam", "baseline"],
  ])("of %s is %s", (name, family) => {
    expect(familyOf(methodNamed(name))).toBe(family);
  });
});
