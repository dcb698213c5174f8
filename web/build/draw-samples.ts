/** @file Draws the pictures that the page brings along, each set by its own seed. */

import { drawScenes } from "../../dist/data/scenes/draw-scenes.js";
import { drawTwoShapes } from "../../dist/data/two-shapes.js";
import { drawDigits } from "../../dist/doors/data-web.js";
import { encodePng } from "../../dist/image/node.js";
import type { Picture } from "../../dist/image/picture/picture.js";
import { type SampleName, samplePicture, samples } from "../src/shared/samples.js";

/** Of the pairs those in which both shapes speak: the network gives the second more than a trace. */
const pairs = [14, 6, 3, 10, 19, 11, 9, 15];

export const sampleImages: Readonly<Record<SampleName, () => Promise<readonly Picture[]>>> = {
  shapes: async () => {
    const { pixels } = drawTwoShapes({ seed: 7, test: 48 }).test;
    // Each pair is there twice, for its two classes.
    return pairs.map((pair) => greyPicture(pixels, 2 * pair, samples.shapes.side));
  },
  digits: async () => {
    const { pixels, labels } = drawDigits({ seed: 7, train: 0, test: 10 }).test;
    return Array.from({ length: 10 }, (_, digit) => greyPicture(pixels, labels.indexOf(digit), samples.digits.side));
  },
  boxes: drawnScenes,
  segments: drawnScenes,
};

function greyPicture(pixels: Uint8Array, i: number, side: number): Picture {
  const size = side * side;
  return { width: side, height: side, channels: 1, pixels: pixels.slice(i * size, (i + 1) * size) };
}

async function drawnScenes(): Promise<readonly Picture[]> {
  const { pictures } = samples.boxes;
  const scenes = drawScenes({ seed: 1, count: pictures.length });
  return Promise.all(pictures.map(async (_, i) => (await scenes.read(i)).picture));
}

/** PNG files by their paths beside the page. */
export async function samplePictureFiles(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, { pictures }] of Object.entries(samples) as [SampleName, (typeof samples)[SampleName]][]) {
    const all = await sampleImages[name]();
    for (const [i, title] of pictures.entries()) {
      const picture = all[i];
      if (picture) files.set(samplePicture(name, title), await encodePng(picture));
    }
  }
  return files;
}
