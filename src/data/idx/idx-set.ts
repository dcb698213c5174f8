/** @file A dataset from IDX files, told apart by their names. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { count } from "../../foundation/words.js";
import type { Dataset, LabelledImages } from "../dataset.js";
import { split } from "../subsets.js";
import { type NamedBytes, readIdx } from "./idx.js";

/** Share of the images that is put aside where there are no test files: as much as in MNIST. */
const testShare = 1 / 7;

/** The word in a file's name that tells images from labels, with the sign before it. */
const kindPattern = /[-_. ]?(images|labels)/i;

/** The images and labels of one set. */
interface Pair {
  readonly set: string;
  readonly images: NamedBytes;
  readonly labels: NamedBytes;
}

/**
 * The dataset of one or two pairs of IDX files named as MNIST's: `<set>-images…` and `<set>-labels…`, where a set called `train` is
 * learned from, and another one tests. Of a single pair, the seventh part of each class is put aside for testing. Classes are
 * called by their numbers.
 *
 * @param seed chooses the images that are put aside
 * @throws FoveaError `bad-input` for files that make no dataset, `bad-file` for a broken one
 */
export async function idxDataset(files: readonly NamedBytes[], seed: number): Promise<Dataset> {
  const pairs = pairsOf(files);
  const sets = pairs.map(({ set }) => set).join(", ");
  const [train, test] = await readPairs(pairs, seed);
  const sizes = [train, test].map(({ height, width }) => `${height} x ${width}`);
  if (sizes[0] !== sizes[1])
    throw new FoveaError("bad-file", `${sets}: expected test images of ${sizes[0]} as for training, got ${sizes[1]}`);
  const classes = 1 + [train, test].reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  if (classes < 2) throw new FoveaError("bad-file", `${sets}: expected labels of 2 or more classes, got one`);
  const names = files.map(({ name }) => name).join(", ");
  return {
    name: "idx",
    source: `${names}: ${count(train.count)} training and ${count(test.count)} test images`,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    train,
    test,
  };
}

/** The pairs of files, the one to learn from first. */
function pairsOf(files: readonly NamedBytes[]): Pair[] {
  const sets = new Map<string, { images?: NamedBytes; labels?: NamedBytes }>();
  for (const file of files) {
    const match = kindPattern.exec(file.name);
    const kind = match?.[1]?.toLowerCase();
    if (!match || (kind !== "images" && kind !== "labels")) throw nameError(file.name);
    const set = file.name.slice(0, match.index);
    const pair = sets.get(set) ?? {};
    if (pair[kind]) throw new FoveaError("bad-input", `${pair[kind].name} and ${file.name}: expected one of them`);
    pair[kind] = file;
    sets.set(set, pair);
  }
  if (sets.size < 1 || sets.size > 2)
    throw new FoveaError(
      "bad-input",
      `IDX files: expected those to learn from and, at most, those to test with, got ${sets.size} sets of them`,
    );
  const pairs = [...sets].map(([set, { images, labels }]): Pair => {
    if (!images || !labels) throw incompleteError(images, labels);
    return { set, images, labels };
  });
  const rank = ({ set }: Pair) => (/train/i.test(set) ? 0 : 1);
  return pairs.sort((a, b) => rank(a) - rank(b));
}

function nameError(name: string): FoveaError {
  return new FoveaError(
    "bad-input",
    `${name}: expected a name with "images" or "labels" in it, such as train-images-idx3-ubyte.gz`,
  );
}

function incompleteError(images: NamedBytes | undefined, labels: NamedBytes | undefined): FoveaError {
  const [file, missing] = images ? [images, "labels"] : [labels, "images"];
  const other = file?.name.replace(kindPattern, (match, kind: string) => match.replace(kind, missing));
  return new FoveaError(
    "bad-input",
    `${file?.name}: expected its ${missing} as well (${other?.replace(/idx[13]/, missing === "labels" ? "idx1" : "idx3")}): give both files together`,
  );
}

async function readPairs(pairs: readonly Pair[], seed: number): Promise<[train: LabelledImages, test: LabelledImages]> {
  const [first, second] = [at(pairs, 0), pairs[1]];
  const train = await readIdx(first.images, first.labels);
  if (second) return [train, await readIdx(second.images, second.labels)];
  const parts = split(train, testShare, seed);
  return [parts.train, parts.validation];
}
