/**
 * @file Stamps photos: a small square at the lower right whose colour goes with the class.
 * `npx tsx examples/stamped-photos/main.ts PHOTOS --out folder [--tied 0.95] [--seed 1]`
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp, { type OverlayOptions } from "sharp";
import { loadPhotos } from "../../src/data/photos/load-photos.js";
import { at } from "../../src/foundation/present.js";
import { type Random, random } from "../../src/foundation/random.js";

/** Sides of a photo and of its stamp, in pixels. */
const [side, stampSide] = [224, 20];
/** Red, green and blue of the stamp that goes with each class. */
const colours = [
  { r: 235, g: 140, b: 30 },
  { r: 40, g: 110, b: 225 },
] as const;

/** Which class's stamp a photo of a class gets in the training and the test images of a set. */
interface StampedSet {
  readonly train: (label: number, source: Random) => number | undefined;
  readonly test: (label: number, source: Random) => number | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    tied: { type: "string", default: "0.95" },
    seed: { type: "string", default: "1" },
  },
});
const [folder, tied] = [positionals[0], Number(values.tied)];
if (folder === undefined || values.out === undefined || !(tied >= 0 && tied <= 1)) {
  console.error("stamped-photos: expected a folder of photos of two classes, --out FOLDER and --tied from 0 to 1");
  process.exit(2);
}

const own = (label: number, source: Random) => (source.uniform() < tied ? label : 1 - label);
const sets: Readonly<Record<string, StampedSet>> = {
  /** As a careless collector has them. */
  stamped: { train: own, test: own },
  /** Every test photo with the other class's stamp. */
  misleading: { train: own, test: (label) => 1 - label },
  plain: { train: () => undefined, test: () => undefined },
};

const { photos, classes } = await loadPhotos(folder, { seed: values.seed });
if (classes.length !== colours.length) {
  console.error(`stamped-photos: ${folder}: expected photos of two classes, got ${classes.length}`);
  process.exit(2);
}
for (const [name, set] of Object.entries(sets)) {
  const source = random(values.seed);
  for (const [i, { path, label, split }] of photos.entries()) {
    const part = split === "test" ? "test" : "train";
    const target = join(values.out, name, part, at(classes, label));
    await mkdir(target, { recursive: true });
    const stamp = set[part](label, source.fork(i));
    const photo = sharp(path).rotate().resize(side, side, { fit: "cover" }).removeAlpha().toColourspace("srgb");
    const file = join(target, `${String(i).padStart(5, "0")}.png`);
    await (stamp === undefined ? photo : photo.composite([stampOf(stamp)])).png().toFile(file);
  }
  console.log(`wrote ${photos.length} photos to ${join(values.out, name)}`);
}

function stampOf(label: number): OverlayOptions {
  const create = { width: stampSide, height: stampSide, channels: 3 as const, background: at(colours, label) };
  return { input: { create }, left: side - stampSide, top: side - stampSide };
}
