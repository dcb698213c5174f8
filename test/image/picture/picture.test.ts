/** @file Pictures and their conversions. */

import { describe, expect, test } from "vitest";
import { createPicture, pictureFromRgba, toGrey, toRgb, toRgba } from "../../../src/image/picture/picture.js";

describe("createPicture(width, height, channels, pixels)", () => {
  test("refuses samples that do not fit the size", () => {
    expect(() => createPicture(2, 2, 3, new Uint8Array(11))).toThrow(
      "picture 2x2x3: pixels: expected 12 samples, got 11",
    );
  });

  test("refuses an empty picture", () => {
    expect(() => createPicture(0, 2, 1, new Uint8Array(0))).toThrow(
      "picture: size: expected positive integers, got 0x2",
    );
  });
});

describe("toGrey(picture)", () => {
  // Pillow 12.3: Image.new("RGB", (1, 1), color).convert("L") by the formula of its documentation, L = R * 299/1000 + G * 587/1000 + B * 114/1000.
  test.each([
    [[255, 0, 0], 76],
    [[0, 255, 0], 150],
    [[0, 0, 255], 29],
    [[12, 200, 99], 132],
  ])("gives %j the luma %i", (color, luma) => {
    expect(toGrey(createPicture(1, 1, 3, Uint8Array.from(color))).pixels).toEqual(Uint8Array.of(luma));
  });

  test("undoes toRgb(picture) for every grey", () => {
    const grey = createPicture(
      16,
      16,
      1,
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    expect(toGrey(toRgb(grey))).toEqual(grey);
  });
});

describe("pictureFromRgba(width, height, rgba)", () => {
  test("lays transparent pixels over white", () => {
    const rgba = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128);
    expect(Array.from(pictureFromRgba(3, 1, rgba).pixels)).toEqual([10, 20, 30, 255, 255, 255, 127, 177, 227]);
  });

  test("takes back what toRgba(picture) gives", () => {
    const picture = createPicture(2, 1, 3, Uint8Array.of(1, 2, 3, 250, 251, 252));
    expect(pictureFromRgba(2, 1, toRgba(picture))).toEqual(picture);
    expect(Array.from(toRgba(createPicture(1, 1, 1, Uint8Array.of(7))))).toEqual([7, 7, 7, 255]);
  });

  test("refuses samples that do not fit the size", () => {
    expect(() => pictureFromRgba(2, 1, new Uint8Array(6))).toThrow("picture 2x1: RGBA: expected 8 samples, got 6");
  });
});
