/** @file A data set from whatever IDX files there are, told apart by their names. */

import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import type { Dataset, LabelledImages } from "../dataset.js";
import { split } from "../subsets.js";
import { type NamedBytes, readIdx } from "./idx.js";

/** Share of the images that is put aside where there are no test files: as much as in MNIST. */
const testShare = 1 / 7;

/** What may stand between `images` or `labels` and what belongs together. */
const kinds = /[-_. ]?(images|labels)/i;

interface Pair {
  images?: NamedBytes;
  labels?: NamedBytes;
}

/**
 * The data set of one or two pairs of IDX files named as MNIST's: `<set>-images…` and `<set>-labels…`, where a set called `train` is
 * learned from, and another one tests. Of a single pair, the seventh part of each class is put aside for testing. Classes are
 * called by their numbers.
 *
 * @param seed chooses what is put aside
 * @throws FoveaError `bad-input` for files that make no data set, `bad-file` for a broken one
 */
export async function idxDataset(files: readonly NamedBytes[], seed: number): Promise<Dataset> {
  const pairs = pairsOf(files);
  const [train, test] = await imagesOf(pairs, seed);
  const sizes = [train, test].map(({ height, width }) => `${height} x ${width}`);
  if (sizes[0] !== sizes[1])
    throw new FoveaError(
      "bad-file",
      `${[...pairs.keys()].join(", ")}: expected test images of ${sizes[0]} as for training, got ${sizes[1]}`,
    );
  const classes = 1 + [train, test].reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  if (classes < 2)
    throw new FoveaError("bad-file", `${[...pairs.keys()].join(", ")}: expected labels of 2 or more classes, got one`);
  const names = files.map(({ name }) => name).join(", ");
  return {
    name: "idx",
    source: `${names}: ${count(train.count)} training and ${count(test.count)} test images`,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    train,
    test,
  };
}

/** By the name of the set, the one to learn from first. */
function pairsOf(files: readonly NamedBytes[]): Map<string, Required<Pair>> {
  const pairs = new Map<string, Pair>();
  for (const file of files) {
    const found = kinds.exec(file.name);
    const kind = found?.[1]?.toLowerCase() as keyof Pair | undefined;
    if (!found || !kind) throw misnamed(file.name);
    const set = file.name.slice(0, found.index);
    const pair = pairs.get(set) ?? {};
    if (pair[kind]) throw new FoveaError("bad-input", `${pair[kind].name} and ${file.name}: expected one of them`);
    pair[kind] = file;
    pairs.set(set, pair);
  }
  if (pairs.size < 1 || pairs.size > 2)
    throw new FoveaError(
      "bad-input",
      `IDX files: expected those to learn from and, at most, those to test with, got ${pairs.size} sets of them`,
    );
  for (const { images, labels } of pairs.values()) if (!images || !labels) throw incomplete(images, labels);
  const trains = ([name]: readonly [string, Pair]) => (/train/i.test(name) ? 0 : 1);
  return new Map([...pairs].sort((a, b) => trains(a) - trains(b))) as Map<string, Required<Pair>>;
}

function misnamed(name: string): FoveaError {
  return new FoveaError(
    "bad-input",
    `${name}: expected a name with "images" or "labels" in it, such as train-images-idx3-ubyte.gz`,
  );
}

function incomplete(images: NamedBytes | undefined, labels: NamedBytes | undefined): FoveaError {
  const [there, missing] = images ? [images, "labels"] : [labels, "images"];
  const wanted = there?.name.replace(kinds, (found, kind: string) => found.replace(kind, missing));
  return new FoveaError(
    "bad-input",
    `${there?.name}: expected its ${missing} as well (${wanted?.replace(/idx[13]/, missing === "labels" ? "idx1" : "idx3")}): give both files together`,
  );
}

async function imagesOf(
  pairs: ReadonlyMap<string, Required<Pair>>,
  seed: number,
): Promise<[train: LabelledImages, test: LabelledImages]> {
  const read: LabelledImages[] = [];
  for (const { images, labels } of pairs.values()) read.push(await readIdx(images, labels));
  const [train, test] = read as [LabelledImages, LabelledImages | undefined];
  if (test) return [train, test];
  const parts = split(train, testShare, seed);
  return [parts.train, parts.validation];
}
