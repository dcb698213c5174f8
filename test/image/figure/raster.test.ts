/** @file How drawings become image files: a small photo keeps its own pixels, and its file stays small. */

import { describe, expect, it } from "vitest";
import { at } from "../../../src/foundation/present.js";
import { random } from "../../../src/foundation/random.js";
import { figureRow } from "../../../src/image/figure/explanation-row.js";
import { panelSizeOf, rasterOfDrawing, wholeScale } from "../../../src/image/figure/panel.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { contactSheetSvg, decodeImage, explanationSvg, rasterize } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";

/** Noise: no photo of the size has more in it. */
function noise(side: number) {
  const source = random(1);
  const pixels = Uint8Array.from({ length: side * side * 3 }, () => Math.floor(256 * source.uniform()));
  return createPicture(side, side, 3, pixels);
}

async function figureOf(side: number, classes = 1) {
  const picture = noise(side);
  const source = random(2);
  const values = () => Float32Array.from({ length: 49 }, () => source.uniform());
  const words = { label: "noise", predicted: true, against: false, score: 1, probability: 0.5, method: "Grad-CAM" };
  const rows = Array.from({ length: classes }, () =>
    figureRow({
      ...words,
      layer: { name: "features", size: "512×7×7" },
      map: floatMap(7, 7, values()),
      peak: 1,
      signed: false,
      note: "",
    }),
  );
  return explanationSvg({ picture, rows });
}

const grey = (side: number) => createPicture(side, side, 1, new Uint8Array(side * side));

describe("wholeScale(panels)", () => {
  it.each([129, 180, 224, 256, 299, 320, 360, 361, 384, 448, 512, 640, 719])(
    "makes a whole number of the file's pixels of each sample of a photo of %i",
    (side) => {
      const size = panelSizeOf(grey(side), {});
      const scale = wholeScale([size, size]) ?? 0;
      const each = (size.width * scale) / size.samplesAcross;
      expect(each).toBeCloseTo(Math.round(each), 9);
      expect(scale).toBeGreaterThanOrEqual(1.3);
      expect(scale).toBeLessThan(2.7);
    },
  );

  it.each([28, 128, 720, 4000])("has none for a picture of %i, which has two samples for each pixel", (side) => {
    expect(wholeScale([panelSizeOf(grey(side), {})])).toBeUndefined();
  });

  it("has none for photos of several densities", () => {
    expect(wholeScale([panelSizeOf(grey(200), {}), panelSizeOf(grey(300), {})])).toBeUndefined();
  });
});

describe("panelSizeOf(picture, options, most)", () => {
  it("gives a photo no more samples than it may have", () => {
    const { samplesAcross, samplesDown, width } = panelSizeOf(grey(2000), {}, 10_000);
    expect([samplesAcross * samplesDown, width]).toEqual([10_000, 360]);
  });
});

describe("rasterOfDrawing(svg)", () => {
  it("is what the figure asks for", async () => {
    expect(rasterOfDrawing(await figureOf(224))).toEqual({ scale: expect.closeTo(1.867, 3), pixelated: true });
    expect(rasterOfDrawing(await figureOf(28))).toEqual({ scale: 2, pixelated: false });
  });
});

it.each([
  [224, 1],
  [224, 5],
  [900, 1],
  [900, 2],
])(
  "a figure of a photo of %i pixels and %i classes takes less than 600 kB, whatever the photo",
  async (side, classes) => {
    const svg = await figureOf(side, classes);
    expect((await rasterize(svg, "png")).length).toBeLessThan(600_000);
    expect(svg.length).toBeLessThan(600_000);
    expect(svg.match(/data:image\/jpeg/g)).toHaveLength(1 + classes);
  },
);

it("a sheet of thirty photos takes less than 600 kB, whatever the photos", async () => {
  const cells = Array.from({ length: 30 }, (_, i) => ({ picture: noise(224), caption: `cell ${i}` }));
  const png = await rasterize(await contactSheetSvg({ cells }, { panelSize: 160 }), "png");
  expect(png.length).toBeLessThan(650_000);
});

it("a figure's small photo is drawn in squares of one colour", async () => {
  const svg = await figureOf(130);
  const { pixels, width, channels } = await decodeImage(await rasterize(svg, "png"));
  const colour = (x: number, y: number) => [0, 1, 2].map((c) => at(pixels, (y * width + x) * channels + c)).join();
  const { scale } = rasterOfDrawing(svg);
  const each = Math.round((360 * scale) / 130);
  const middle = Math.round((32 + 180) * scale);
  const run = Array.from({ length: 40 * each }, (_, i) => colour(middle + i, middle));
  const changes = run.flatMap((value, i) => (i > 0 && value !== run[i - 1] ? [i] : []));
  expect(changes.length).toBeGreaterThan(30);
  const steps = changes.slice(1).map((change, i) => change - at(changes, i));
  expect(steps.every((step) => step % each === 0)).toBe(true);
});
