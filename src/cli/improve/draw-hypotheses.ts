/** @file Pictures of hypotheses: examples as they are, and with all but the region dimmed. */

import { join } from "node:path";
import { cueFrom } from "../../data/cues/stored-cue.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { at } from "../../foundation/present.js";
import type { Mask } from "../../image/map/mask.js";
import { encodePng } from "../../image/node.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import { enlargePixels } from "../../image/picture/resize.js";
import { pixelsOf } from "../../improve/image-set.js";
import { maskFile } from "../../improve/protocol/mask-file.js";
import type { DiscoverySection, Hypothesis } from "../../improve/protocol/sections.js";
import type { ImageSet } from "../../improve/subject.js";

/** Pixels of an image's side in a picture, at least. */
const side = 112;
/** Pixels between images. */
const gap = 1;
/** How bright what lies outside a region is left. */
const dimmed = 0.3;

/** Writes a picture of each hypothesis into a folder, and of each region a mask for `fovea train --exchange`. @returns the paths */
export async function drawHypotheses(
  train: ImageSet,
  { hypotheses }: DiscoverySection,
  folder: string,
): Promise<string[]> {
  const places = new Map(train.names.map((name, i) => [name, i]));
  const paths: string[] = [];
  for (const hypothesis of hypotheses) {
    const indices = hypothesis.examples.flatMap((name) => places.get(name) ?? []);
    if (indices.length === 0) continue;
    const path = join(folder, `${hypothesis.id}.png`);
    await writeFileAtomically(path, await encodePng(pictureOf(hypothesis, await pixelsOf(train, indices), train.dims)));
    paths.push(path);
    const cue = cueFrom(hypothesis.cue);
    if (cue.kind !== "region") continue;
    const mask = join(folder, maskFile(hypothesis));
    await writeFileAtomically(mask, await encodePng(maskPicture(cue.mask)));
    paths.push(mask);
  }
  return paths;
}

/** Light where the region is. */
function maskPicture({ width, height, places }: Mask): Picture {
  return createPicture(
    width,
    height,
    3,
    Uint8Array.from({ length: 3 * places.length }, (_, i) => 255 * at(places, Math.floor(i / 3))),
  );
}

function pictureOf({ cue: stored }: Hypothesis, images: readonly Uint8Array[], dims: ImageSet["dims"]): Picture {
  const cue = cueFrom(stored);
  const rows = cue.kind === "region" ? [images, images.map((image) => outlined(image, dims, cue.mask))] : [images];
  const [channels, height, width] = dims;
  const columns = images.length;
  const [wide, high] = [columns * (width + gap) - gap, rows.length * (height + gap) - gap];
  const pixels = new Uint8Array(wide * high * 3).fill(128);
  rows.forEach((row, r) => {
    row.forEach((image, c) => {
      for (let i = 0; i < height * width; i++) {
        const [x, y] = [c * (width + gap) + (i % width), r * (height + gap) + Math.floor(i / width)];
        for (let k = 0; k < 3; k++)
          pixels[(y * wide + x) * 3 + k] = at(image, Math.min(k, channels - 1) * height * width + i);
      }
    });
  });
  return enlargePixels(createPicture(wide, high, 3, pixels), Math.max(1, Math.round(side / width)));
}

/** All but the region is dimmed towards grey. */
function outlined(image: Uint8Array, [, height, width]: ImageSet["dims"], { places }: Mask): Uint8Array {
  return image.map((value, i) =>
    places[i % (height * width)] === 1 ? value : Math.round(dimmed * value + (1 - dimmed) * 90),
  );
}
