/** @file Datasets by name. */

import { describe, expect, it } from "vitest";
import { datasetNames } from "../../src/data/set-names.js";
import { loadDataset } from "../../src/data/sets.js";

describe("loadDataset", () => {
  it("knows its names", () => {
    const drawn = ["shapes", "two-shapes", "stamped-digits", "stamped-digits-balanced"];
    expect(datasetNames).toEqual(["digits", "mnist", "fashion-mnist", ...drawn]);
  });

  it("passes the options on to the set", async () => {
    const digits = await loadDataset("digits", { seed: 7, train: 30, test: 20 });
    expect(digits.name).toBe("digits");
    expect([digits.train.count, digits.test.count]).toEqual([30, 20]);
  });

  it("refuses another name, naming those there are", async () => {
    for (const name of ["fasion-mnist", "toString"]) {
      const attempt = loadDataset(name);
      await expect(attempt).rejects.toThrow(`unknown data set "${name}": expected one of `);
      await expect(attempt).rejects.toMatchObject({ code: "unknown-name" });
    }
    await expect(loadDataset("fasion-mnist")).rejects.toThrow("expected one of fashion-mnist,");
  });
});
