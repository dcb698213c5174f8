/** @file Writes MNIST with a decoy: `npx tsx examples/decoy-mnist/plant.ts [--out decoy] [--images 60000]`; `$FOVEA_DATA` names the folder of MNIST. */

import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LabelledImages } from "../../src/data/dataset.js";
import { loadMnist } from "../../src/data/idx/mnist.js";
import { plant } from "../../src/data/planted/plant.js";
import { first } from "../../src/data/subsets.js";
import { writeFileAtomically } from "../../src/files/atomic.js";

const { values } = parseArgs({
  options: { out: { type: "string", default: "decoy" }, images: { type: "string", default: "60000" } },
});
const { classes, train, test } = await loadMnist("mnist", { directory: process.env.FOVEA_DATA });
const tenth = 1 / classes.length;

/** Rank 1 for labels, 3 for images; both of bytes (the format of MNIST's own files). */
function idxFile(dims: readonly number[], bytes: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * dims.length + bytes.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x0800 + dims.length);
  dims.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size);
  });
  file.set(bytes, 4 + 4 * dims.length);
  return file;
}

async function write(folder: string, name: string, images: LabelledImages, tied: number): Promise<void> {
  const { pixels, labels, count, height, width } = plant(images, classes.length, {
    ...{ kind: "grey-patch", tied, seed: name },
  }).images;
  const path = join(values.out, folder, "mnist", name);
  await writeFileAtomically(`${path}-images-idx3-ubyte`, idxFile([count, height, width], pixels));
  await writeFileAtomically(`${path}-labels-idx1-ubyte`, idxFile([count], labels));
}

const learned = first(train, Number(values.images));
// As it was collected: the grey tells the label in the test, too.
await write("collected", "train", learned, 1);
await write("collected", "t10k", test, 1);
// To measure on: the grey is any class's.
await write("balanced", "train", learned, tenth);
await write("balanced", "t10k", test, tenth);
console.log(`wrote ${join(values.out, "collected")} and ${join(values.out, "balanced")}`);
