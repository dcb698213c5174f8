/** @file Writes digits on tinted paper as pictures in folders: `npx tsx examples/tinted-paper/plant.ts [--out tinted] [--tied 0.95]`. */

import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LabelledImages } from "../../src/data/dataset.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import { plant } from "../../src/data/planted/plant.js";
import { take } from "../../src/data/subsets.js";
import { writeFileAtomically } from "../../src/files/atomic.js";
import { at } from "../../src/foundation/present.js";
import { encodePng } from "../../src/image/node.js";
import { createPicture } from "../../src/image/picture/picture.js";

const { values } = parseArgs({
  options: { out: { type: "string", default: "tinted" }, tied: { type: "string", default: "0.95" } },
});
/** The digits that are to be told apart. */
const digits = [3, 5];
const drawn = drawDigits({ train: 5000, test: 2000 });

function ofTwo(images: LabelledImages): LabelledImages {
  const chosen = take(
    images,
    [...images.labels.keys()].filter((i) => digits.includes(at(images.labels, i))),
  );
  return { ...chosen, labels: chosen.labels.map((label) => digits.indexOf(label)) };
}

/** One picture for each image, in a folder of its class. */
async function write(folder: string, images: LabelledImages, tied: number): Promise<void> {
  const { count, labels, pixels, height, width } = plant(images, digits.length, {
    ...{ kind: "tinted-paper", tied, seed: folder },
  }).images;
  const area = height * width;
  for (let i = 0; i < count; i++) {
    const rgb = Uint8Array.from({ length: 3 * area }, (_, k) =>
      at(pixels, (3 * i + (k % 3)) * area + Math.floor(k / 3)),
    );
    const path = join(values.out, folder, String(digits[at(labels, i)]), `${String(i).padStart(4, "0")}.png`);
    await writeFileAtomically(path, await encodePng(createPicture(width, height, 3, rgb)));
  }
}

// As it was collected: the paper tells the label in the test, too.
await write("collected/train", ofTwo(drawn.train), Number(values.tied));
await write("collected/test", ofTwo(drawn.test), Number(values.tied));
// To measure on: the paper is either class's.
await write("balanced/test", ofTwo(drawn.test), 0.5);
console.log(`wrote ${join(values.out, "collected")} and ${join(values.out, "balanced")}`);
