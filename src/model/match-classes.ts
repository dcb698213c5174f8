/** @file Matches the classes of a dataset to those of a model, by their names. */

import { FoveaError } from "../foundation/error.js";
import type { Model } from "./model.js";

/** The classes of a dataset. */
export interface NamedClasses {
  /** The dataset's name in errors. */
  readonly name: string;
  readonly classes: readonly string[];
}

export interface MatchedClasses {
  /** The model's classes; where it has no names, the dataset's. */
  readonly classes: readonly string[];
  /** For each class of the dataset its index in `classes`. */
  readonly indices: readonly number[];
}

/**
 * Matches classes by name where the model has names, else by order.
 * @param name the model's name in errors
 * @param advice how a model is given other names, for errors
 * @throws FoveaError `bad-input` when classes don't match
 */
export function matchClasses(
  { name, model }: { readonly name: string; readonly model: Pick<Model, "card" | "classCount"> },
  { classes, name: data }: NamedClasses,
  advice = "a file of labels gives a model other names",
): MatchedClasses {
  const { card, classCount = classes.length } = model;
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
    const others = card.classes.length > 5 ? `${card.classes.length} others` : card.classes.join(", ");
    throw bad(`names for ${missing.slice(0, 5).join(", ")}`, `${others} (${advice})`);
  }
  if (new Set(indices).size < indices.length)
    throw bad("a class for each class", "several that are one class of the model");
  return { classes: card.classes, indices };
}

/** Finds a class by its name, or by one of several in it: ImageNet's list synonyms (`tabby, tabby cat`). */
export function classFinder(names: readonly string[]): (label: string) => number | undefined {
  const indices = new Map<string, number>();
  const wholeNames = names.map((name, i) => ({ name, i }));
  const synonyms = wholeNames.flatMap(({ name, i }) => name.split(",").map((part) => ({ name: part, i })));
  // Whole names come first, because some synonyms are another class's whole name.
  for (const { name, i } of [...wholeNames, ...synonyms]) {
    if (!indices.has(normalize(name))) indices.set(normalize(name), i);
  }
  return (label) => indices.get(normalize(label));
}

/** Makes one text of `golden_retriever` and `Golden Retriever`. */
const normalize = (label: string) =>
  label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
