/** @file The picture to share: its size, its words, and the map around its strongest place. */

import { describe, expect, it } from "vitest";
import { sharePicture } from "../../../src/image/figure/share-picture.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { decodeImage, nodePlatform, rasterize } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { hill, namingPlatform, stripes } from "../fixture.js";

const digit = stripes(28, 28, 1);
const words = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);

describe("sharePicture(share, platform)", () => {
  it("is a PNG of 1200 by 630, of a drawing less than 200 kB", async () => {
    const share = { picture: digit, map: hill(7, 7), sentence: "7, 71 %" };
    const png = await rasterize(await sharePicture(share, await nodePlatform()), "png");
    expect(png.length).toBeLessThan(200_000);
    const { width, height } = await decodeImage(png);
    expect([width, height]).toEqual([1200, 630]);
  });

  it("says the sentence whole, in lines that end before the rings", async () => {
    const sentence = "Staffordshire bull terrier, 34 %, because of its head and not because of the leash beside it";
    const svg = await sharePicture({ picture: digit, map: hill(7, 7), sentence, detail: "Grad-CAM" }, namingPlatform);
    expect(words(svg).slice(1, -2).join(" ")).toBe(sentence);
    expect(words(svg).at(-2)).toBe("Grad-CAM");
    const [, size] = /font-size="(\d+)"[^>]*>Staff/.exec(svg) ?? [];
    for (const line of words(svg).slice(1, -2))
      expect(namingPlatform.text.measure(line ?? "", { size: Number(size), weight: "semibold" })).toBeLessThanOrEqual(
        500,
      );
  });

  it("ends what is far too long with an ellipsis, above the claim", async () => {
    const svg = await sharePicture({ picture: digit, map: hill(7, 7), sentence: "word ".repeat(100) }, namingPlatform);
    expect(words(svg).at(-2)).toMatch(/…$/);
    const lowest = Math.max(...[...svg.matchAll(/<text x="72" y="([\d.]+)"/g)].map(([, y]) => Number(y)).slice(0, -1));
    expect(lowest).toBeLessThan(520);
  });

  it("shows the part of a wide picture that the map is strongest in", async () => {
    const picture = createPicture(400, 100, 1, new Uint8Array(40_000));
    for (let y = 0; y < 100; y++) picture.pixels.fill(200, y * 400 + 300, y * 400 + 400);
    const map = floatMap(4, 1, Float32Array.of(0, 0, 0, 1e-9));
    const svg = await sharePicture({ picture, map, peak: 1, sentence: "right" }, await nodePlatform());
    const { pixels, width } = await decodeImage(await rasterize(svg, "png"));
    expect([700, 864, 1000].map((x) => pixels[(315 * width + x) * 3])).toEqual([200, 200, 200]);
  });
});
