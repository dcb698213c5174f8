/** @file Which of a model's classes each class of a data set is, by their names. */

import { FoveaError } from "../foundation/error.js";
import type { Model } from "./model.js";

/** The classes of a data set. */
export interface NamedClasses {
  /** What errors call the data. */
  readonly name: string;
  readonly classes: readonly string[];
}

export interface MatchedClasses {
  /** The model's classes; where it has no names, the data's. */
  readonly classes: readonly string[];
  /** For each class of the data its index in `classes`. */
  readonly indices: readonly number[];
}

/**
 * Matches classes by name where the model has names, else by order.
 * @param name what errors call the model
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
    const known = card.classes.length > 5 ? `${card.classes.length} others` : card.classes.join(", ");
    throw bad(`names for ${missing.slice(0, 5).join(", ")}`, `${known} (${advice})`);
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
