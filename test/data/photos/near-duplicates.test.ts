/** @file Near-duplicates across splits. */

import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nearDuplicates } from "../../../src/data/photos/copies/near-duplicates.js";
import type { Photo, Split } from "../../../src/data/photos/photo.js";
import { everything } from "../../support/share.js";
import { pngOf, type TestFolder, testFolder } from "./folder.js";

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

const photo = (name: string, split: Split, label = 0): Photo => ({
  path: join(folder.path, name),
  name,
  label,
  split,
  width: 96,
  height: 64,
});

describe("nearDuplicates(photos)", () => {
  it("finds copies in other splits that are smaller, brighter, grey, poorly stored or turned by EXIF, and no others", async () => {
    const [bytes, other] = [await pngOf("one", [96, 64]), await pngOf("other", [96, 64])];
    const image = sharp(bytes);
    const turned = await image.clone().rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await folder.write({
      "one.png": bytes,
      "again.png": bytes,
      "small.webp": await image.clone().resize(60).webp().toBuffer(),
      "bright.png": await image.clone().modulate({ brightness: 1.2 }).png().toBuffer(),
      "grey.jpg": await image.clone().greyscale().jpeg({ quality: 40 }).toBuffer(),
      "turned.jpg": turned,
      "other.png": other,
    });
    const copies = ["small.webp", "bright.png", "grey.jpg", "turned.jpg"].map((name) => photo(name, "test"));
    const photos = [
      photo("one.png", "train"),
      photo("again.png", "train"),
      photo("other.png", "validation"),
      ...copies,
    ];
    const { pairs, unreadable } = await nearDuplicates(photos);
    expect(unreadable).toEqual([]);
    const found = pairs.map(({ photos: [a, b] }) => `${photos.indexOf(a)} ${photos.indexOf(b)}`).sort();
    expect(found).toEqual(["0 3", "0 4", "0 5", "0 6", "1 3", "1 4", "1 5", "1 6"]);
    expect(Math.max(...pairs.map(({ distance }) => distance))).toBeLessThanOrEqual(6);
    expect(pairs.map(({ distance }) => distance)).toEqual(pairs.map(({ distance }) => distance).sort());
  });

  it.runIf(everything)("finds nothing among 200 different pictures, and leaves out plain ones", async () => {
    const names = Array.from({ length: 200 }, (_, i) => `${i}.png`);
    await folder.write(Object.fromEntries(names.map((name) => [name, undefined])));
    for (const name of ["white", "snow"]) {
      const background = name === "white" ? "#ffffff" : "#fcfcfc";
      const plain = sharp({ create: { width: 40, height: 40, channels: 3, background } });
      await folder.write({ [`${name}.png`]: await plain.png().toBuffer() });
    }
    const photos = names.map((name, i) => photo(name, i % 2 ? "train" : "test"));
    const plain = [photo("white.png", "train"), photo("snow.png", "test")];
    expect(await nearDuplicates([...photos, ...plain])).toEqual({ pairs: [], unreadable: [] });
  });

  it("lists photos that are damaged behind their header, and tells of its progress", async () => {
    const jpeg = await sharp(await pngOf("one", [96, 64]))
      .jpeg()
      .toBuffer();
    await folder.write({ "cut.jpg": jpeg.subarray(0, jpeg.length - 200), "one.jpg": jpeg });
    const told: string[] = [];
    const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
    const { unreadable } = await nearDuplicates([photo("cut.jpg", "train"), photo("one.jpg", "test")], { onProgress });
    expect(unreadable).toEqual([
      {
        path: join(folder.path, "cut.jpg"),
        reason: expect.stringContaining("image: expected a whole JPEG file, got one"),
      },
    ]);
    expect(told).toEqual(["1/2", "2/2"]);
  });
});
