/** @file Datasets of photos: folders, manifests and annotations of every layout, and what is wrong with them. */

import { join, relative } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPhotos } from "../../../src/data/photos/load-photos.js";
import type { PhotoDataset } from "../../../src/data/photos/photo.js";
import { pictures, pngOf, type TestFolder, testFolder } from "./folder.js";

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

/** `path class split`, and boxes where there are some. */
function lines({ photos, classes }: PhotoDataset, root = folder.path): string[] {
  return photos.map(({ path, label, split, boxes }) => {
    const at = boxes?.map(({ x, y, width, height }) => ` ${width}x${height}@${x},${y}`).join("") ?? "";
    return `${relative(root, path)} ${classes[label]} ${split}${at}`;
  });
}

const load = (path = "", options = {}) => loadPhotos(join(folder.path, path), options);

describe("loadPhotos(folder)", () => {
  it("takes splits and classes from folders, whatever the splits are called and the folder around them", async () => {
    await folder.write({ ...pictures("pets/train/dog", 1), ...pictures("pets/train/cat", 1) });
    await folder.write({ "pets/valid/cat/old/b.png": undefined, "pets/test2017/dog/c.png": undefined });
    await folder.write({ "pets/notes.txt": "no picture", "pets/test2017/dog/c.fovea.png": "a result of ours" });
    const dataset = await load();
    expect(dataset.classes).toEqual(["cat", "dog"]);
    expect(dataset.skipped).toEqual([]);
    expect(lines(dataset)).toEqual([
      "pets/test2017/dog/c.png dog test",
      "pets/train/cat/1.png cat train",
      "pets/train/dog/1.png dog train",
      "pets/valid/cat/old/b.png cat validation",
    ]);
    expect(dataset.photos[0]).toMatchObject({ width: 24, height: 16 });
  });

  it("splits folders of classes by the seed, each class by its shares, at least one photo to each part", async () => {
    await folder.write({ ...pictures("a", 20), ...pictures("b", 3), ...pictures("c", 2) });
    const dataset = await load();
    const parts = (label: number) => {
      const own = dataset.photos.filter((photo) => photo.label === label).map(({ split }) => split);
      return ["train", "validation", "test"].map((split) => own.filter((each) => each === split).length);
    };
    expect([parts(0), parts(1), parts(2)]).toEqual([
      [14, 3, 3],
      [1, 1, 1],
      [1, 0, 1],
    ]);
    expect(lines(await load())).toEqual(lines(dataset));
    expect(lines(await load("", { seed: 2 }))).not.toEqual(lines(dataset));
    const before = lines(dataset).filter((line) => line.startsWith("a/"));
    await folder.write(pictures("b", 30));
    expect(lines(await load()).filter((line) => line.startsWith("a/"))).toEqual(before);
  });

  it("keeps files that are the same together, whatever they are called", async () => {
    const same = await Promise.all(Array.from({ length: 12 }, (_, i) => pngOf(`picture ${i}`)));
    const twice = (name: string) =>
      same.flatMap((bytes, i) => [
        [`${name}/${i}.png`, bytes],
        [`${name}/new ${i}.png`, bytes],
      ]);
    await folder.write({
      ...Object.fromEntries(twice("a")),
      ...pictures("b", 24),
      "c/1.png": same[0],
      "c/2.png": same[0],
    });
    const { photos } = await load();
    const splitOf = (name: string) => photos.find(({ path }) => path === join(folder.path, name))?.split;
    for (const [i] of same.entries()) expect(splitOf(`a/new ${i}.png`)).toBe(splitOf(`a/${i}.png`));
    const parts = ["train", "validation", "test"].map((part) => photos.filter(({ split }) => split === part).length);
    expect(parts).toEqual([16 + 16 + 2, 4 + 4, 4 + 4]);
    expect([splitOf("c/1.png"), splitOf("c/2.png")]).toEqual(["train", "train"]);
  });

  it("has classes in the order of their characters, and takes a folder called test for a class beside others", async () => {
    await folder.write({ ...pictures("test", 2), ...pictures("control", 2), ...pictures("Zebra", 2) });
    expect((await load()).classes).toEqual(["Zebra", "control", "test"]);
  });

  it("reads JPEG (CMYK, progressive, turned), PNG (palette, 16 bit, alpha), WebP, AVIF, GIF and TIFF, and lists BMP", async () => {
    const image = sharp(await pngOf("x"));
    const turned = await image.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await folder.write({
      "a/cmyk.jpg": await image.clone().toColourspace("cmyk").jpeg().toBuffer(),
      "a/progressive.jpeg": await image.clone().jpeg({ progressive: true }).toBuffer(),
      "a/turned.jpg": turned,
      "a/palette.png": await image.clone().png({ palette: true }).toBuffer(),
      "a/16.png": await image.clone().toColourspace("rgb16").png().toBuffer(),
      "a/alpha.png": await image.clone().ensureAlpha(0.5).png().toBuffer(),
      "b/x.webp": await image.clone().webp().toBuffer(),
      "b/x.avif": await image.clone().avif().toBuffer(),
      "b/x.gif": await image.clone().gif().toBuffer(),
      "b/x.tif": await image.clone().tiff().toBuffer(),
      "b/x.bmp": "BM\x00\x01\0\0\0\0\0\0 and so on",
      "b/cut.jpg": turned.subarray(0, 20),
      "b/empty.png": "",
      "loose.png": undefined,
    });
    const { photos, skipped } = await load();
    expect(photos).toHaveLength(10);
    const size = ({ path, width, height }: (typeof photos)[number]) =>
      path.endsWith("turned.jpg") ? [height, width] : [width, height];
    expect(photos.map(size)).toEqual(Array(10).fill([24, 16]));
    expect(skipped.map(({ path, reason }) => `${relative(folder.path, path)}: ${reason}`)).toEqual([
      expect.stringMatching(/^b\/cut\.jpg: image: expected a whole JPEG file, got one that is truncated or damaged/),
      "b/empty.png: image: expected a picture, got an empty file",
      expect.stringMatching(/^b\/x\.bmp: image: expected a JPEG, .* file, got BMP$/),
      "loose.png: label: expected it in a class's folder, got it beside them",
    ]);
  });
});

describe("loadPhotos(manifest)", () => {
  const files = { "img/1.png": undefined, "img/2, two.png": undefined, "img/3.png": undefined, "img/4.png": undefined };

  it("reads quoted fields, splits, boxes by corners, and other columns past", async () => {
    await folder.write({
      ...files,
      "labels.csv": [
        "\ufefffilename,width,height,Class,split,xmin,ymin,xmax,ymax",
        'img/1.png,24,16,"cat ""tabby""",train,1,2,11,6',
        'img/1.png,24,16,"cat ""tabby""",train,20,2,40,6',
        '"img/2, two.png",24,16,dog,val,,,,',
        "",
        "./img/3.png,24,16,dog,testing,0,0,24,16",
      ].join("\r\n"),
    });
    const expected = [
      'img/1.png cat "tabby" train 10x4@1,2 4x4@20,2',
      "img/2, two.png dog validation",
      "img/3.png dog test 24x16@0,0",
    ];
    expect(lines(await load("", { undivided: true }))).toEqual(expected);
    const named = await load("labels.csv", { undivided: true });
    expect(lines(named)).toEqual(expected);
    expect(named.source).toBe("3 photos of 2 classes, listed in labels.csv, splits as given");
  });

  it("reads boxes by corner and size, semicolons, and manifests named after splits", async () => {
    await folder.write({
      ...files,
      "train.csv": "path;label;x;y;width;height\nimg/1.png;a;1;2;3;4\nimg/3.png;b;;;;\n",
      "test.tsv": "image\tcategory\nimg/4.png\ta\nimg/gone.png\tb\n",
      "prices.csv": "what,costs\nthis,that\n",
    });
    const dataset = await load("", { undivided: true });
    expect(lines(dataset)).toEqual(["img/4.png a test", "img/1.png a train 3x4@1,2", "img/3.png b train"]);
    expect(dataset.skipped).toEqual([
      { path: join(folder.path, "img/gone.png"), reason: "image: expected a file, got none there" },
    ]);
  });

  it("reads a JSON list, and leaves lists of something else alone", async () => {
    const list = [
      {
        file: "img/1.png",
        label: "a",
        width: 24,
        boxes: [
          [0, 0, 5, 5],
          [5, 5, 10, 10],
        ],
      },
      { file: "img/3.png", label: 7 },
    ];
    await folder.write({ ...files, "boxes.json": JSON.stringify(list), "classes.json": '["a", "7"]' });
    expect(lines(await load("", { undivided: true }))).toEqual([
      "img/1.png a test 5x5@0,0 5x5@5,5",
      "img/3.png 7 test",
    ]);
  });

  it.each<[string, string, string]>([
    ["no label", "path,klass\nimg/1.png,a", "labels.csv: columns: expected path and label, got path, klass"],
    ["nothing", "", "labels.csv: columns: expected path and label, got an empty file"],
    ["a short line", "path,label\nimg/1.png,a\nimg/3.png", "labels.csv: line 3: expected 2 fields, got 1"],
    ["an empty label", "path,label\nimg/1.png,", "labels.csv: line 2: label: expected one, got none"],
    [
      "an open quote",
      'path,label\n"img/1.png,a\n',
      'labels.csv: line 2: expected a field, quoted as a whole or not, got "',
    ],
    [
      "a path out of it",
      "path,label\n../x.png,a",
      "line 2: path: expected one inside the manifest's folder, got ../x.png",
    ],
    ["an absolute path", "path,label\n/etc/x.png,a", "inside the manifest's folder, got /etc/x.png"],
    ["a path of Windows", "path,label\nC:\\x.png,a", "inside the manifest's folder, got C:\\x.png"],
    ["another split", "path,label,split\nimg/1.png,a,old", 'line 2: split: expected train, val or test, got "old"'],
    [
      "a box of none",
      "path,label,xmin,ymin,xmax,ymax\nimg/1.png,a,5,5,5,9",
      "line 2: box: expected four numbers that span",
    ],
    ["half a box", "path,label,x,y,width,height\nimg/1.png,a,5,,5,9", "line 2: box: expected four numbers that span"],
    ["two labels", "path,label\nimg/1.png,a\nimg/1.png,b", "img/1.png: label: expected one class, got a, b"],
    [
      "two splits",
      "path,label,split\nimg/1.png,a,test\nimg/1.png,a,val",
      "img/1.png: split: expected one, got several",
    ],
    [
      "some splits",
      "path,label,split\nimg/1.png,a,test\nimg/3.png,b,\nimg/4.png,b,",
      "split: expected one for each photo or for none, got 2 of 3",
    ],
    ["files that are gone", "path,label\nx.png,a\ny.png,b", "got 2 that cannot be used, the first"],
  ])("refuses %s", async (_, text, sentence) => {
    await folder.write({ ...files, "labels.csv": text });
    await expect(load("labels.csv", { undivided: true })).rejects.toThrow(sentence);
  });

  it("skips a photo whose box lies beside the picture", async () => {
    const csv = "path,label,x,y,width,height\nimg/1.png,a,30,0,5,5\nimg/3.png,a,1,1,5,5\nimg/4.png,b,1,1,5,5";
    await folder.write({ ...files, "labels.csv": csv });
    const { photos, skipped } = await load("", { undivided: true });
    expect(photos).toHaveLength(2);
    expect(skipped[0]?.reason).toBe("box: expected one on the picture of 24x16, got 5x5 at (30, 0)");
  });
});

const voc = (file: string, objects: readonly [string, number, number, number, number][]) => `<?xml version="1.0"?>
<annotation><folder>x</folder><filename>${file}</filename><size><width>24</width></size>${objects
  .map(
    ([name, left, top, right, bottom]) => `<object>
  <name>${name}</name><bndbox><xmin>${left}</xmin><ymin>${top}</ymin><xmax>${right}</xmax><ymax>${bottom}</ymax></bndbox>
  <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
</object>`,
  )
  .join("")}</annotation>`;

describe("loadPhotos(folder with a list of some of its photos)", () => {
  const boxed = "path,label,x,y,width,height\na/1.png,a,1,2,3,4\nb/1.png,b,,,,\n";

  it("goes by the folders where they name the same classes, says so, and keeps the boxes", async () => {
    await folder.write({ ...pictures("a", 2), ...pictures("b", 2), "some.csv": boxed });
    const dataset = await load();
    expect(lines(dataset).map((line) => line.replace(/ (train|test)/, ""))).toEqual([
      ...["a/1.png a 3x4@1,2", "a/2.png a", "b/1.png b", "b/2.png b"],
    ]);
    const advice = `to use only those that are, name the list: ${join(folder.path, "some.csv")}`;
    expect(dataset.notes).toEqual([
      `some.csv: of 4 photos, 2 are not listed: classes are read from folders (${advice})`,
    ]);
    expect((await load("some.csv", { undivided: true })).photos).toHaveLength(2);
  });

  it("goes by the list where folders name no classes or others, and says what is left out", async () => {
    const list = "path,label\nx/1.png,cat\nx/2.png,dog\ny/1.png,dog\n";
    await folder.write({ ...pictures("x", 2), ...pictures("y", 3), "some.csv": list });
    const dataset = await load("", { undivided: true });
    expect([dataset.classes, dataset.photos.length]).toEqual([["cat", "dog"], 3]);
    expect(dataset.notes).toEqual(["some.csv: of 5 photos, 2 are not listed and are left out"]);
  });

  it("leaves out what lies beside the splits, and says so", async () => {
    await folder.write({ ...pictures("d/training_set/a", 2), ...pictures("d/training_set/b", 2) });
    await folder.write({ ...pictures("d/test_set/a", 1), ...pictures("d/test_set/b", 1), "single/1.png": undefined });
    const dataset = await load();
    expect([dataset.classes, dataset.photos.length, dataset.skipped]).toEqual([["a", "b"], 6, []]);
    expect(dataset.notes).toEqual(["1 photo beside the splits left out, the first single/1.png"]);
  });
});

describe("loadPhotos(folder with annotations)", () => {
  it("reads Pascal VOC: boxes from 1 and inclusive, without parts, beside the pictures or in a folder of their own", async () => {
    await folder.write({ ...pictures("train/cat", 1), ...pictures("train/a&b", 1), ...pictures("test/cat", 1) });
    await folder.write({
      "train/cat/1.xml": voc("1.png", [["cat", 1, 1, 10, 10]]),
      "Annotations/test/cat/1.xml": voc("1.jpg", [
        ["cat", 2, 3, 4, 5],
        ["dog", 1, 1, 3, 3],
      ]),
      "train/a&b/1.xml": voc("1.png", [["a&amp;b", 1, 1, 2, 2]]),
    });
    expect(lines(await load("", { undivided: true }))).toEqual([
      "test/cat/1.png cat test 3x3@1,2",
      "train/a&b/1.png a&b train 2x2@0,0",
      "train/cat/1.png cat train 10x10@0,0",
    ]);
  });

  it("takes classes from annotations where folders tell none", async () => {
    await folder.write(pictures("JPEGImages", 6));
    for (const [i, name] of ["cat", "cat", "dog", "dog"].entries())
      await folder.write({ [`Annotations/${i + 1}.xml`]: voc(`${i + 1}.jpg`, [[name, 1, 1, 2, 2]]) });
    await folder.write({
      "Annotations/5.xml": voc("5.jpg", [
        ["cat", 1, 1, 2, 2],
        ["dog", 1, 1, 2, 2],
      ]),
    });
    const { classes, photos, skipped } = await load();
    expect([classes, photos.length]).toEqual([["cat", "dog"], 4]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "label: expected one class, got cat, dog",
      "label: expected an annotation, got none",
    ]);
  });

  it("reads COCO, without crowds", async () => {
    const coco = {
      images: [
        { id: 3, file_name: "1.png" },
        { id: 4, file_name: "2.png" },
      ],
      categories: [
        { id: 1, name: "cat" },
        { id: 9, name: "dog" },
      ],
      annotations: [
        { image_id: 3, category_id: 9, bbox: [1, 2, 3, 4] },
        { image_id: 3, category_id: 1, bbox: [0, 0, 9, 9], iscrowd: 1 },
        { image_id: 4, category_id: 1, bbox: [0.5, 2, 3.25, 4] },
      ],
    };
    await folder.write({ ...pictures("train2017", 2), "annotations/instances_train2017.json": JSON.stringify(coco) });
    expect(lines(await load("", { undivided: true }))).toEqual([
      "train2017/1.png dog train 3x4@1,2",
      "train2017/2.png cat train 3.25x4@0.5,2",
    ]);
    const wrong = { ...coco, annotations: [{ image_id: 5, category_id: 1, bbox: [0, 0, 1, 1] }] };
    await folder.write({ "annotations/instances_train2017.json": JSON.stringify(wrong) });
    await expect(load()).rejects.toThrow("annotation 0: expected an image and a category of the file, got image 5");
  });
});

describe("loadPhotos refuses", () => {
  it.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      "a folder without images",
      { "notes.txt": "x" },
      /photos: expected a folder of images for each class, .*, got no image$/,
    ],
    ["one class", pictures("cat", 3), /photos: expected at least 2 classes, got only "cat"$/],
    [
      "one class, the other's only file unreadable",
      { ...pictures("cat", 3), "dog/1.png": "text" },
      /expected at least 2 classes, got only "cat", and 1 that cannot be used, the first .*dog\/1\.png: image: expected/,
    ],
    [
      "a class with one photo",
      { ...pictures("a", 3), ...pictures("b", 1) },
      /class "b": expected at least 2, .*b\/1\.png$/,
    ],
    [
      "images that cannot be read",
      { "a/1.png": "x", "b/1.png": "y" },
      /got 2 that cannot be used, the first .*a\/1\.png: image:/,
    ],
    ["an annotation that is no JSON", { ...pictures("a", 2), "a.json": "{" }, /a\.json: expected JSON, got /],
  ])("%s", async (_, files, sentence) => {
    await folder.write(files);
    await expect(load()).rejects.toThrow(sentence);
  });

  it("what is not there, and other files", async () => {
    await expect(load("gone")).rejects.toMatchObject({ code: "not-found" });
    await folder.write({ "x.png": undefined });
    await expect(load("x.png")).rejects.toThrow("expected a folder, a list of photos");
  });
});

it("tells of its progress", async () => {
  await folder.write({ ...pictures("a", 2), ...pictures("b", 2) });
  const told: string[] = [];
  await load("", { onProgress: (done: number, total: number) => told.push(`${done}/${total}`) });
  expect(told).toEqual(["1/4", "2/4", "3/4", "4/4"]);
});
