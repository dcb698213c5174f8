/** @file Draws the pictures that the page brings along, each set by its own seed. */

import sharp from "sharp";
import { drawCaptionedScenes } from "../../dist/data/scenes/draw-captioned.js";
import { drawScenes } from "../../dist/data/scenes/draw-scenes.js";
import { drawTwoShapes } from "../../dist/data/two-shapes.js";
import { drawDigits } from "../../dist/doors/data-web.js";
import type { Picture } from "../../dist/image/picture/picture.js";
import { pictureSets, pictureUrl } from "../src/shared/samples.js";

/** Of the pairs those in which both shapes speak: the network gives the second more than a trace. */
const pairs = [14, 6, 3, 10, 19, 11, 9, 15];

/** Of the scenes with captions some with a circle and a square. */
const captioned = [5, 38, 27, 42, 43, 48, 16, 52];

type SetName = keyof typeof pictureSets;

export const sampleImages: Readonly<Record<SetName, () => Promise<readonly Picture[]>>> = {
  shapes: async () => {
    const { pixels } = drawTwoShapes({ seed: 7, test: 48 }).test;
    // Each pair is there twice, for its two classes.
    return pairs.map((pair) => greyPicture(pixels, 2 * pair, pictureSets.shapes.side));
  },
  digits: async () => {
    const { pixels, labels } = drawDigits({ seed: 7, train: 0, test: 10 }).test;
    return Array.from({ length: 10 }, (_, digit) =>
      greyPicture(pixels, labels.indexOf(digit), pictureSets.digits.side),
    );
  },
  scenes: async () => {
    const { names } = pictureSets.scenes;
    const scenes = drawScenes({ seed: 1, count: names.length });
    return Promise.all(names.map(async (_, i) => (await scenes.read(i)).picture));
  },
  captions: async () => {
    const { names } = pictureSets.captions;
    const scenes = drawCaptionedScenes({ seed: 1 });
    return Promise.all(names.map(async (_, i) => (await scenes.read(captioned[i] ?? i)).picture));
  },
};

function greyPicture(pixels: Uint8Array, i: number, side: number): Picture {
  const size = side * side;
  return { width: side, height: side, channels: 1, pixels: pixels.slice(i * size, (i + 1) * size) };
}

/** As PNG; of 256 colours where it has some, which is half as large, and the eye and the networks do not tell. */
function encodeSmall({ width, height, channels, pixels }: Picture): Promise<Buffer> {
  const image = sharp(pixels, { raw: { width, height, channels } });
  if (channels === 1) return image.toColourspace("b-w").png({ compressionLevel: 9 }).toBuffer();
  return image.png({ palette: true, colours: 256, effort: 10, compressionLevel: 9 }).toBuffer();
}

/** PNG files by their paths beside the page. */
export async function samplePictureFiles(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of Object.keys(pictureSets) as SetName[]) {
    const all = await sampleImages[name]();
    for (const [i, title] of pictureSets[name].names.entries()) {
      const picture = all[i];
      if (picture) files.set(pictureUrl(pictureSets[name], title), await encodeSmall(picture));
    }
  }
  return files;
}
