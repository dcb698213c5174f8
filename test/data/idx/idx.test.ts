/** @file IDX files, whole and broken. */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readIdx, readIdxImages, readIdxLabels } from "../../../src/data/idx/idx.js";
import { idx } from "../../support/images/idx.js";

const twoImages = idx(0x803, [2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
const twoLabels = idx(0x801, [2], [7, 3]);
const code = { code: "bad-file" };

describe("readIdx", () => {
  it("reads images of any size and their labels, plain or gzipped", async () => {
    const expected = { labels: Uint8Array.of(7, 3), count: 2, channels: 1, height: 2, width: 3 };
    for (const [images, labels] of [
      [twoImages, twoLabels],
      [gzipSync(twoImages), gzipSync(twoLabels)],
    ] as const) {
      const read = await readIdx({ name: "images", bytes: images }, { name: "labels", bytes: labels });
      expect(read).toMatchObject(expected);
      expect([...read.pixels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
    }
  });

  it("reads bytes that lie at any offset of a larger buffer", async () => {
    const shifted = new Uint8Array(twoLabels.length + 3);
    shifted.set(twoLabels, 3);
    expect([...(await readIdxLabels(shifted.subarray(3), "labels"))]).toEqual([7, 3]);
  });

  it("refuses labels whose number differs from the images'", async () => {
    const labels = { name: "labels.gz", bytes: idx(0x801, [3], [1, 2, 3]) };
    const read = () => readIdx({ name: "images.gz", bytes: twoImages }, labels);
    await expect(read()).rejects.toThrow("labels.gz: expected 2 labels, one for each image of images.gz, got 3");
    await expect(read()).rejects.toThrow(expect.objectContaining(code));
  });
});

describe("a broken IDX file", () => {
  const zipped = gzipSync(twoImages);
  const long = gzipSync(
    idx(
      0x803,
      [40, 28, 28],
      Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * i) % 251),
    ),
  );
  const cases: [string, Uint8Array, string][] = [
    ["that is empty", new Uint8Array(0), "a.gz: not an IDX file: expected images, got an empty file"],
    [
      "that holds labels",
      twoLabels,
      "a.gz: not an IDX file of images: expected magic number 0x00000803, got 0x00000801 (labels)",
    ],
    [
      "that is a web page",
      new TextEncoder().encode("<!DOCTYPE html>"),
      "a.gz: not an IDX file of images: expected magic number 0x00000803, got 0x3c21444f",
    ],
    ["that ends in the header", twoImages.subarray(0, 9), "a.gz: cut short: expected a header of 16 bytes, got 9"],
    [
      "that ends in the magic number",
      twoImages.subarray(0, 3),
      "a.gz: cut short: expected a header of 16 bytes, got 3",
    ],
    [
      "that ends in the data",
      twoImages.subarray(0, -2),
      "a.gz: cut short: expected 12 bytes of images (2 x 2 x 3), got 10",
    ],
    [
      "that goes on after the data",
      Buffer.concat([twoImages, twoLabels]),
      "a.gz: too long: expected 12 bytes of images (2 x 2 x 3), got 22",
    ],
    [
      "with no pixels",
      idx(0x803, [2, 0, 3], []),
      "a.gz: impossible sizes: expected 1 to 1,073,741,824 bytes of images, got 2 x 0 x 3",
    ],
    [
      "with absurd sizes",
      idx(0x803, [4294967295, 4294967295, 28], []),
      "a.gz: impossible sizes: expected 1 to 1,073,741,824 bytes of images, got 4294967295 x 4294967295 x 28",
    ],
    [
      "that says more than its gzip can hold",
      gzipSync(idx(0x803, [1_000_000, 28, 28], [])),
      "a.gz: cut short: expected 784,000,000 bytes of images (1000000 x 28 x 28), got 0",
    ],
    ["whose gzip ends early", long.subarray(0, -20), "a.gz: expected a whole gzip file, got one that ends early"],
    ["whose gzip ends at once", zipped.subarray(0, 12), "a.gz: expected a whole gzip file, got one that ends early"],
    [
      "whose gzip is damaged",
      Buffer.concat([zipped.subarray(0, 10), Buffer.alloc(30, 255)]),
      "a.gz: expected a whole gzip file, got one that is damaged",
    ],
    [
      "whose gzip is damaged further in",
      Buffer.concat([long.subarray(0, 2000), Buffer.alloc(300, 255)]),
      "a.gz: expected a whole gzip file, got one that is damaged",
    ],
    [
      "whose gzip has another checksum",
      Buffer.concat([long.subarray(0, -8), Buffer.alloc(8, 7)]),
      "a.gz: expected a whole gzip file, got one that is damaged",
    ],
    [
      "whose gzip holds too little",
      gzipSync(twoImages.subarray(0, 9)),
      "a.gz: cut short: expected a header of 16 bytes, got 9",
    ],
    [
      "whose gzip holds too much",
      gzipSync(Buffer.concat([twoImages, Buffer.alloc(9)])),
      "a.gz: too long: expected 28 bytes when unpacked, got more",
    ],
  ];
  it.each(cases)("%s is refused", async (_, bytes, sentence) => {
    const read = () => readIdxImages(bytes, "a.gz");
    await expect(read()).rejects.toThrow(sentence);
    await expect(read()).rejects.toThrow(expect.objectContaining(code));
  });
});
