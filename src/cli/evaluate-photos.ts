/** @file A model measured on photos: its classes matched to theirs, every photo classified. */

import { type Photo, type PhotoDataset, reasonOf, type SkippedPhoto, type Split, splits } from "../data/index.js";
import { FoveaError, unknownName } from "../error.js";
import { type Evaluation, evaluateClassifier } from "../evaluate/index.js";
import { classifyStream, type Model } from "../explain/index.js";
import { classifier as openClassifier, readImage } from "../node.js";
import { withBar } from "./datasets.js";
import type { NamedModel } from "./models.js";

export interface PhotoEvaluation {
  readonly evaluation: Evaluation;
  /** The photos that were classified: `index` of the evaluation's errors means one of them. */
  readonly photos: readonly Photo[];
  readonly failed: readonly SkippedPhoto[];
}

/** A split, or all of them. */
export type SplitChoice = Split | "all";

/** The photos of a split; without a choice those of the test, or all where there is none. */
export function photosOf({ name, photos }: PhotoDataset, wanted: string | undefined) {
  const held = splits.filter((split) => photos.some((photo) => photo.split === split));
  const chosen = wanted === "val" ? "validation" : (wanted ?? (held.includes("test") ? "test" : "all"));
  if (chosen !== "all" && !held.includes(chosen as Split)) throw unknownName("split", chosen, [...held, "all"], name);
  const some = chosen === "all" ? photos : photos.filter(({ split }) => split === chosen);
  return { photos: some, split: chosen as SplitChoice };
}

/**
 * Classifies photos and measures. A prediction of a class that the photos don't have is an error like any other.
 * @throws FoveaError `bad-input` when classes don't match, or no photo can be read
 */
export async function evaluatePhotos(
  named: NamedModel,
  dataset: PhotoDataset,
  photos: readonly Photo[],
): Promise<PhotoEvaluation> {
  const { classes, indices } = matchClasses(named, dataset);
  const classifier = openClassifier(named.model);
  const read = async ({ path }: Photo) => (await readImage(named.model, path)).input;
  const done: Photo[] = [];
  const failed: SkippedPhoto[] = [];
  const probabilities = new Float32Array(photos.length * classes.length);
  try {
    await withBar("classifying", async (onProgress) => {
      for await (const { source, probabilities: row, error } of classifyStream(classifier, photos, read)) {
        if (error) failed.push({ path: source.path, reason: reasonOf(source.path, error) });
        else {
          checkWidth(named, row.length, classes.length);
          probabilities.set(row, done.length * classes.length);
          done.push(source);
        }
        onProgress(done.length + failed.length, photos.length);
      }
    });
  } finally {
    await classifier.close();
  }
  const [first] = failed;
  if (first && done.length === 0) {
    throw new FoveaError(
      "bad-input",
      `${dataset.name}: none of ${failed.length} photos can be used: ${first.path}: ${first.reason}`,
    );
  }
  const labels = done.map(({ label }) => indices[label] as number);
  const rows = probabilities.subarray(0, done.length * classes.length);
  return { evaluation: evaluateClassifier({ probabilities: rows, labels, classes }), photos: done, failed };
}

function checkWidth({ name }: NamedModel, width: number, expected: number): void {
  if (width === expected) return;
  throw new FoveaError("bad-input", `${name}: expected a model of ${expected} classes, got ${width} scores`);
}

/** The model's classes, and which of them each class of the photos is: by name where the model has names, else by order. */
export function matchClasses(
  { name, model }: Pick<NamedModel, "name" | "model">,
  { classes, name: data }: PhotoDataset,
) {
  const { card, classCount = classes.length }: Model = model;
  const bad = (expected: string, got: string) =>
    new FoveaError("bad-input", `${name}: classes: expected ${expected} of ${data}, got ${got}`);
  if (card.classes === undefined) {
    if (classCount !== classes.length)
      throw bad(`a model with the ${classes.length} classes`, `${classCount} without names`);
    return { classes, indices: classes.map((_, i) => i) };
  }
  const find = classFinder(card.classes);
  const indices = classes.map((label) => find(label) ?? -1);
  const missing = classes.filter((_, i) => indices[i] === -1);
  if (missing.length > 0) {
    const known = card.classes.length > 5 ? `${card.classes.length} others` : card.classes.join(", ");
    throw bad(`names for ${missing.slice(0, 5).join(", ")}`, `${known} (--labels gives a model other names)`);
  }
  if (new Set(indices).size < indices.length)
    throw bad("a class for each class", "several that are one class of the model");
  return { classes: card.classes, indices };
}

/** Finds a class by its name, or by one of several in it: ImageNet's list synonyms (`tabby, tabby cat`). */
export function classFinder(names: readonly string[]): (label: string) => number | undefined {
  const places = new Map<string, number>();
  const wholly = names.map((name, i) => [name, i] as const);
  // Some synonyms are another class's whole name.
  const partly = wholly.flatMap(([name, i]) => name.split(",").map((part) => [part, i] as const));
  for (const [name, i] of [...wholly, ...partly]) if (!places.has(plain(name))) places.set(plain(name), i);
  return (label) => places.get(plain(label));
}

/** `golden_retriever` is `Golden Retriever`. */
const plain = (label: string) =>
  label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
