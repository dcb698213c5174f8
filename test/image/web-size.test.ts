/** @file The size of an image file as pages read it, from its header alone. */

import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { imageSize } from "../../src/image/web.js";

async function jpeg(orientation: number): Promise<Blob> {
  const noise = Buffer.from(Uint8Array.from({ length: 60 * 40 * 3 }, (_, i) => (i * 7919) % 251));
  const image = sharp(noise, { raw: { width: 60, height: 40, channels: 3 } }).withMetadata({ orientation });
  return new Blob([new Uint8Array(await image.jpeg({ quality: 100 }).toBuffer())]);
}

describe("imageSize", () => {
  it.each([
    [1, 60, 40],
    [3, 60, 40],
    [6, 40, 60],
    [8, 40, 60],
  ])("is upright: EXIF orientation %i is %i by %i", async (orientation, width, height) => {
    expect(await imageSize(await jpeg(orientation))).toEqual({ width, height, type: "JPG" });
  });

  it("is unknown for what is no image", async () => {
    expect(await imageSize(new Blob(["nothing of that kind"]))).toBeUndefined();
  });

  it("refuses empty files, and images of too many pixels, by name", async () => {
    await expect(imageSize(new Blob([]), { name: "a.png" })).rejects.toThrow(
      "a.png: image: expected a picture, got an empty file",
    );
    await expect(imageSize(await jpeg(1), { name: "b.jpg", maxPixels: 1000 })).rejects.toThrow(
      "b.jpg: image: expected at most 1000 pixels, got 60x40 = 2400: make it smaller",
    );
  });
});
