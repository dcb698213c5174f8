/** @file Matches the classes of a dataset to those of a model, by their names. */

import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import type { ModelClasses } from "./class-names.js";
import { classFinder } from "./classes/find-classes.js";

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
  { name, model }: { readonly name: string; readonly model: ModelClasses },
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
  const found = classes.map((label) => matchingClasses(model, label));
  const missing = classes.filter((_, i) => found[i]?.length !== 1);
  if (missing.length > 0) {
    const others = card.classes.length > 5 ? `${card.classes.length} others` : card.classes.join(", ");
    throw bad(`names for ${missing.slice(0, 5).join(", ")}`, `${others} (${advice})`);
  }
  const indices = found.map((each) => at(each ?? [], 0));
  if (new Set(indices).size < indices.length)
    throw bad("a class for each class", "several that are one class of the model");
  return { classes: card.classes, indices };
}

/**
 * The model's classes that a dataset's class is: by its name, a word of its name or another term (see `classFinder`), several for a
 * wider term; undefined for an unknown name, and for a word that several classes share.
 */
export function matchingClasses(model: ModelClasses, label: string): readonly number[] | undefined {
  const found = classFinder(model).find(label);
  return found?.together ? found.indices : undefined;
}
