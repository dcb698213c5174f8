/** @file Photos with all their objects, from COCO's, VOC's and lists' annotations. */

import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { photoScenes } from "../../../../src/data/photos/scenes/photo-scenes.js";
import { createPicture } from "../../../../src/image/picture/picture.js";
import { testFolder } from "../folder.js";

const folder = testFolder();
afterAll(() => folder.remove());

const picture = createPicture(1, 1, 3, new Uint8Array(3));
const decoded: string[] = [];
const scenesAt = (name: string) =>
  photoScenes(join(folder.path, name), {
    decode: async (path) => {
      decoded.push(path);
      return picture;
    },
  });

const coco = (images: readonly string[]) =>
  JSON.stringify({
    images: images.map((file_name, i) => ({ id: 10 + i, file_name })),
    categories: [
      { id: 7, name: "zebra" },
      { id: 3, name: "ant" },
    ],
    annotations: [
      { id: 1, image_id: 10, category_id: 3, bbox: [1, 2, 3, 4], area: 9.5, iscrowd: 0 },
      { id: 2, image_id: 10, category_id: 7, bbox: [5, 6, 7, 8], area: 56, iscrowd: 1 },
      { id: 3, image_id: 10, category_id: 7, bbox: [5, 6, 0, 8], area: 0, iscrowd: 0 },
    ],
  });

const voc = (file: string, objects: string) => `<annotation><filename>${file}</filename>${objects}</annotation>`;
const object = (name: string, more = "") =>
  `<object><name>${name}</name>${more}<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object>`;

describe("photoScenes(path) of COCO annotations", () => {
  it("has all images and objects, crowds as ignored ones, and classes in the file's order", async () => {
    await folder.write({ "a/list.json": coco(["one.jpg", "two.jpg"]), "a/images/one.jpg": "", "a/images/two.jpg": "" });
    const set = await scenesAt("a/list.json");
    expect(set.classes).toEqual(["zebra", "ant"]);
    expect(set.count).toBe(2);
    const { objects } = await set.read(0);
    expect(objects).toEqual([
      { classIndex: 1, box: { x: 1, y: 2, width: 3, height: 4 }, area: 9.5 },
      { classIndex: 0, box: { x: 5, y: 6, width: 7, height: 8 }, area: 56, ignored: true },
    ]);
    expect((await set.read(1)).objects).toEqual([]);
    expect(set.nameOf(0)).toBe(join(folder.path, "a/images/one.jpg"));
    expect(decoded.at(-1)).toBe(join(folder.path, "a/images/two.jpg"));
    expect(set.source).toBe("2 pictures with 2 objects of 2 classes, listed in list.json");
    expect(set.notes).toEqual([]);
  });

  it("finds pictures in a folder beside that of the file, as COCO has them", async () => {
    await folder.write({ "b/annotations/instances.json": coco(["one.jpg"]), "b/val/one.jpg": "" });
    const set = await scenesAt("b/annotations/instances.json");
    expect(set.nameOf(0)).toBe(join(folder.path, "b/val/one.jpg"));
  });

  it("tells of pictures that are not there", async () => {
    await folder.write({ "c/list.json": coco(["one.jpg", "gone.jpg"]), "c/one.jpg": "" });
    expect((await scenesAt("c")).notes).toEqual(["1 picture of the annotations not found, and left out"]);
  });
});

describe("photoScenes(path) of other annotations", () => {
  it("reads VOC's with several classes in a picture, difficult objects as ignored ones", async () => {
    await folder.write({
      "d/Annotations/1.xml": voc("1.jpg", object("dog") + object("cat", "<difficult>1</difficult>")),
      "d/Annotations/2.xml": voc("2.jpg", ""),
      "d/JPEGImages/1.jpg": "",
      "d/JPEGImages/2.jpg": "",
      "d/JPEGImages/3.jpg": "",
    });
    const set = await scenesAt("d");
    expect(set.classes).toEqual(["cat", "dog"]);
    expect(set.count).toBe(2);
    const box = { x: 0, y: 1, width: 10, height: 19 };
    expect((await set.read(0)).objects).toEqual([
      { classIndex: 1, box },
      { classIndex: 0, box, ignored: true },
    ]);
  });

  it("reads lists with boxes", async () => {
    const list = "path,label,xmin,ymin,xmax,ymax\nx/1.png,b,0,0,4,4\nx/1.png,a,2,2,6,6\n";
    await folder.write({ "e/boxes.csv": list, "e/x/1.png": "" });
    const set = await scenesAt("e");
    expect((await set.read(0)).objects.map(({ classIndex }) => set.classes[classIndex])).toEqual(["b", "a"]);
  });
});

describe("photoScenes(path) refuses in a sentence", () => {
  it.each([
    ["nothing there", "none", /none: scenes: expected a folder, or a file of annotations, got none there$/],
    ["a folder without annotations", "f", /f: scenes: expected pictures with boxes: COCO .* got no annotations$/],
    ["annotations without pictures", "g/list.json", /list.json: scenes: expected pictures with boxes: .* got none$/],
    [
      "a picture in two files",
      "j",
      /j: scenes: expected each picture in one file .* got 1.jpg in a.json and b.json: give/,
    ],
    ["another file", "h/notes.txt", /notes.txt: scenes: expected .* got another file$/],
    ["JSON that is none", "i/list.json", /list.json: expected JSON, got /],
  ])("%s", async (_, name, message) => {
    await folder.write({
      "f/1.png": "",
      "g/list.json": coco(["one.jpg"]),
      "h/notes.txt": "x",
      "i/list.json": "{",
      "j/a.json": coco(["1.jpg"]),
      "j/b.json": coco(["1.jpg"]),
      "j/1.jpg": "",
    });
    await expect(scenesAt(name)).rejects.toThrow(message);
  });
});
