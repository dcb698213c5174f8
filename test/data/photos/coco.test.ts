/** @file COCO's annotations: what they hold, and what means harm. */

import { describe, expect, it } from "vitest";
import { readCoco } from "../../../src/data/photos/coco.js";
import { imageFinder } from "../../../src/data/photos/image-finder.js";
import { readJsonManifest } from "../../../src/data/photos/manifest.js";
import { everything } from "../../support/share.js";

const images = [{ id: 1, file_name: "a.png" }];
const categories = [{ id: 1, name: "cat" }];
const read = (annotation: object) => readCoco({ images, categories, annotations: [annotation] }, "a.json");
const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);

describe("readCoco(value)", () => {
  it("reads boxes, and leaves out crowds and boxes without an area", () => {
    const annotation = { image_id: 1, category_id: 1, bbox: [1, 2, 3, 4] };
    expect(read(annotation)).toEqual([{ file: "a.png", label: "cat", box: { x: 1, y: 2, width: 3, height: 4 } }]);
    expect(read({ ...annotation, iscrowd: 1 })).toEqual([]);
    expect(read({ ...annotation, bbox: [1, 2, 0, 4] })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a box nested 100,000 deep", { bbox: deep }, "box: expected four numbers that span an area, got an array of 1"],
    [
      "a box of texts",
      { bbox: [1, "a\nb", null, {}] },
      'box: expected four numbers that span an area, got 1, "a\\nb", null, an object',
    ],
    [
      "a box of many numbers",
      { bbox: Array(1000).fill(1) },
      "box: expected four numbers that span an area, got 1, 1, 1, 1, 1, 1, 1, 1, … 1000 in all",
    ],
    ["no box", {}, "box: expected four numbers that span an area, got none"],
    [
      "an image that is an object",
      { image_id: { toString: 1 } },
      "expected an image and a category of the file, got image an object and category 1",
    ],
    [
      "a category nested deep",
      { category_id: deep },
      "expected an image and a category of the file, got image 1 and category an array of 1",
    ],
  ])("refuses %s in one sentence", (_, fields, message) => {
    expect(() => read({ image_id: 1, category_id: 1, ...fields })).toThrow(
      expect.objectContaining({ code: "bad-file", message: `a.json: annotation 0: ${message}` }),
    );
  });

  it.runIf(everything)("reads a million annotations in seconds", () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => ({
      image_id: i % 1000,
      category_id: 1,
      bbox: [1, 1, 2, 2],
    }));
    const files = Array.from({ length: 1000 }, (_, id) => ({ id, file_name: `${id}.png` }));
    const began = process.cpuUsage();
    expect(readCoco({ images: files, categories, annotations: many }, "a.json")).toHaveLength(1_000_000);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(10);
  });
});

it("readJsonManifest(list) refuses a split that is no text in one sentence", () => {
  for (const split of [deep, { toString: 1 }])
    expect(() => readJsonManifest([{ file: "a.png", label: "cat", split }], "a.json")).toThrow(
      /^a\.json: item 0: split: expected train, val or test, got an (array of 1|object)$/,
    );
});

it("an annotation finds its image among 200,000 of the same name", () => {
  const find = imageFinder(Array.from({ length: 200_000 }, (_, i) => `${i}/img.png`));
  expect([find("7/img.jpg", "a.json"), find("img.jpg", "a.json"), find("other.jpg", "a.json")]).toEqual([
    "7/img.png",
    undefined,
    undefined,
  ]);
});
