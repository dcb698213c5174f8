/**
 * @file Puts the objects of photos with boxes before other photos' backgrounds, in folds, to measure what a classifier sees in each.
 * `npx tsx examples/exchanged-backgrounds/main.ts PHOTOS --out folder [--folds 5] [--seed 1]`
 */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { loadPhotos } from "../../src/data/photos/load-photos.js";
import { at } from "../../src/foundation/present.js";
import { permutation, random } from "../../src/foundation/random.js";
import { counted } from "../../src/foundation/words.js";
import type { Box } from "../../src/image/picture/resize.js";

/** The longer side of the photos that are written, in pixels. */
const longest = 400;
/** The thinnest strip that counts as background, in these pixels. */
const thinnest = 40;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, folds: { type: "string", default: "5" }, seed: { type: "string", default: "1" } },
});
const [folder, folds] = [positionals[0], Number(values.folds)];
if (folder === undefined || values.out === undefined || !(Number.isSafeInteger(folds) && folds > 1)) {
  console.error(
    "exchanged-backgrounds: expected photos of several classes with boxes, --out FOLDER and --folds from 2 on",
  );
  process.exit(2);
}

/** A photo as it is written, with its fold. */
interface Written {
  readonly path: string;
  readonly label: number;
  readonly fold: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
}

const out = resolve(values.out);
const { photos, classes } = await loadPhotos(folder, { seed: values.seed });
await mkdir(join(out, "photos"), { recursive: true });
const written = await writePhotos();
for (let fold = 0; fold < folds; fold++) await writeFold(fold);
console.log(`wrote ${counted(written.length, "photo")} in ${folds} folds to ${out}`);

/** All photos with boxes, as small as is needed; each class is dealt out to the folds. */
async function writePhotos(): Promise<Written[]> {
  const dealt = classes.map(() => 0);
  const result: Written[] = [];
  for (const i of permutation(photos.length, random(values.seed))) {
    const { path, label, boxes = [] } = at(photos, i);
    if (boxes.length === 0) continue;
    const target = join(out, "photos", `${String(i).padStart(5, "0")}.png`);
    const upright = sharp(path, { failOn: "none" }).rotate().removeAlpha().toColourspace("srgb");
    const { width, height } = await upright
      .resize(longest, longest, { fit: "inside", withoutEnlargement: true })
      .toFile(target);
    const fold = at(dealt, label) % folds;
    dealt[label] = at(dealt, label) + 1;
    result.push({
      path: target,
      label,
      fold,
      width,
      height,
      boxes: boxes.map((box) => scaled(box, width / at(photos, i).width)),
    });
  }
  return result;
}

/** A fold's photos are the test; the same ones before the backgrounds of others of it, of another class and of their own. */
async function writeFold(fold: number): Promise<void> {
  const own = written.filter((photo) => photo.fold === fold);
  await writeList(
    `fold-${fold + 1}.json`,
    written.map((photo) => ({ ...photo, split: photo.fold === fold ? "test" : "train" })),
  );
  const donors = {
    exchanged: (label: number) => own.filter((each) => each.label !== label),
    same: (label: number) => own.filter((each) => each.label === label),
  };
  for (const [name, from] of Object.entries(donors)) {
    const made = `${name}-${fold + 1}`;
    await mkdir(join(out, made), { recursive: true });
    const source = random(`${values.seed} ${made}`);
    const pasted: (Written & { split: string })[] = [];
    for (const photo of own) {
      const choice = from(photo.label).filter((each) => each !== photo && showsBackground(each));
      const path = join(out, made, basename(photo.path));
      await paste(photo, at(choice, source.below(choice.length)), path);
      pasted.push({ ...photo, path, split: "test" });
    }
    await writeList(`${made}.json`, pasted);
  }
}

/** What is inside a photo's boxes, at its place, before the widest strip beside the donor's, as large as the photo. */
async function paste(photo: Written, donor: Written, path: string): Promise<void> {
  const { width, height } = photo;
  const background = sharp(donor.path).extract(stripBeside(donor)).resize(width, height, { fit: "cover" });
  const objects = photo.boxes.map(async ({ x, y, width, height }) => ({
    input: await sharp(photo.path).extract({ left: x, top: y, width, height }).toBuffer(),
    ...{ left: x, top: y },
  }));
  await background.composite(await Promise.all(objects)).toFile(path);
}

/** Whether the photo holds more than its objects. */
function showsBackground(photo: Written): boolean {
  const { width, height } = stripBeside(photo);
  return Math.min(width, height) >= thinnest;
}

/** The largest of the four strips between a photo's edges and the box about all its boxes. */
function stripBeside({ width, height, boxes }: Written) {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const strips = [
    { left: 0, top: 0, width: left, height },
    { left: right, top: 0, width: width - right, height },
    { left: 0, top: 0, width, height: top },
    { left: 0, top: bottom, width, height: height - bottom },
  ];
  return strips.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
}

/** A box in whole pixels of a photo whose sides are the factor's share of what they were. */
function scaled({ x, y, width, height }: Box, factor: number): Box {
  const [left, top] = [Math.floor(x * factor), Math.floor(y * factor)];
  return {
    x: left,
    y: top,
    width: Math.floor((x + width) * factor) - left,
    height: Math.floor((y + height) * factor) - top,
  };
}

function writeList(name: string, list: readonly (Written & { split: string })[]): Promise<void> {
  const entries = list.map(({ path, label, split, width, height, boxes }) => ({
    ...{ file: relative(out, path), label: at(classes, label), split, width, height },
    boxes: boxes.map((box) => [box.x, box.y, box.x + box.width, box.y + box.height]),
  }));
  return writeFile(join(out, name), `${JSON.stringify(entries, null, 1)}\n`);
}
