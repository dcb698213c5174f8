/** @file How drawings become image files: a small photo keeps its own pixels, and its file stays small. */

import { describe, expect, it } from "vitest";
import { at } from "../../../src/foundation/present.js";
import { random } from "../../../src/foundation/random.js";
import { figureRow } from "../../../src/image/figure/explanation-row.js";
import { panelSizeOf, rasterOf } from "../../../src/image/figure/panel.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { decodeImage, explanationSvg, rasterize } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";

/** Noise: no photo of the size has more in it. */
function noise(side: number) {
  const source = random(1);
  const pixels = Uint8Array.from({ length: side * side * 3 }, () => Math.floor(256 * source.uniform()));
  return createPicture(side, side, 3, pixels);
}

async function figureOf(side: number) {
  const picture = noise(side);
  const source = random(2);
  const map = floatMap(
    7,
    7,
    Float32Array.from({ length: 49 }, () => source.uniform()),
  );
  const words = { label: "noise", predicted: true, against: false, score: 1, probability: 0.5, method: "Grad-CAM" };
  const row = figureRow({
    ...words,
    layer: { name: "features", size: "512×7×7" },
    map,
    peak: 1,
    signed: false,
    note: "",
  });
  const svg = await explanationSvg({ picture, rows: [row] });
  return { picture, png: await rasterize(svg, "png", rasterOf(picture)) };
}

describe("rasterOf(picture)", () => {
  it.each([129, 180, 224, 256, 299, 320, 360, 361, 384, 448, 512, 640, 719])(
    "makes a whole number of the file's pixels of each pixel of a photo of %i",
    (side) => {
      const picture = createPicture(side, side, 1, new Uint8Array(side * side));
      const { scale, pixelated } = rasterOf(picture);
      const each = (panelSizeOf(picture, {}).width * scale) / side;
      expect(pixelated).toBe(true);
      expect(each).toBeCloseTo(Math.round(each), 9);
      expect(scale).toBeGreaterThanOrEqual(1.3);
      expect(scale).toBeLessThan(2.7);
    },
  );

  it.each([28, 128, 720, 4000])("keeps two pixels for each of the drawing with a picture of %i", (side) => {
    const picture = createPicture(side, 1, 1, new Uint8Array(side));
    expect(rasterOf(picture)).toEqual({ scale: 2, pixelated: false });
  });
});

it("a figure of a photo of 224 pixels takes less than 600 kB, whatever the photo", async () => {
  const { png } = await figureOf(224);
  expect(png.length).toBeLessThan(600_000);
  expect(png.length).toBeGreaterThan(224 * 224 * 3);
});

it("a figure's small photo is drawn in squares of one colour", async () => {
  const { png } = await figureOf(130);
  const { pixels, width, channels } = await decodeImage(png);
  const colour = (x: number, y: number) => [0, 1, 2].map((c) => at(pixels, (y * width + x) * channels + c)).join();
  const { scale } = rasterOf(noise(130));
  const each = Math.round((360 * scale) / 130);
  const middle = Math.round((32 + 180) * scale);
  const run = Array.from({ length: 40 * each }, (_, i) => colour(middle + i, middle));
  const changes = run.flatMap((value, i) => (i > 0 && value !== run[i - 1] ? [i] : []));
  expect(changes.length).toBeGreaterThan(30);
  const steps = changes.slice(1).map((change, i) => change - at(changes, i));
  expect(steps.every((step) => step % each === 0)).toBe(true);
});
