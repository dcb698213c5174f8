/** @file Chooses the photos of a split and matches their classes to a model's. */

import { type Photo, type PhotoDataset, type Split, splits } from "../../data/photos/photo.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { classFinder, type MatchedClasses, matchClasses } from "../../model/match-classes.js";
import type { Model } from "../../model/model.js";
import { fixedClass } from "../options/class-option.js";
import type { NamedModel } from "./models.js";

/** A split, or all of them. */
export type SplitChoice = Split | "all";

export interface PhotosOfSplit {
  readonly photos: readonly Photo[];
  readonly split: SplitChoice;
}

/**
 * The photos of a split; without a choice those of the test, or all where there is none.
 * @throws FoveaError `unknown-name` for a split that holds none
 */
export function photosOf({ name, photos }: PhotoDataset, choice: string | undefined): PhotosOfSplit {
  const present = splits.filter((split) => photos.some((photo) => photo.split === split));
  const part = choice === "val" ? "validation" : (choice ?? (present.includes("test") ? "test" : "all"));
  if (part === "all") return { photos, split: part };
  const split = present.find((each) => each === part);
  if (split === undefined) throw unknownName("split", part, [...present, "all"], name);
  return { photos: photos.filter((photo) => photo.split === split), split };
}

/** As the library matches them, with the option that helps. */
export function matchedClasses(named: NamedModel, dataset: PhotoDataset): MatchedClasses {
  return matchClasses(named, dataset, "--labels gives a model other names");
}

/** The model's class for each class of the photos; undefined where it has none. */
export type ClassIndices = readonly (number | undefined)[];

/**
 * Finds the model's class for each class of the photos.
 * @param choices `photos' class=model's class`, which win over equal names
 * @throws FoveaError `bad-input`, `unknown-name`
 */
export function modelClasses(model: Model, { classes, name }: PhotoDataset, choices: readonly string[]): ClassIndices {
  const names = model.card.classes;
  const sameOrder = names === undefined && model.classCount === classes.length;
  const find = names ? classFinder(names) : () => undefined;
  const indices = classes.map((label, i) => (sameOrder ? i : find(label)));
  for (const text of choices) {
    const [, label = "", className = ""] = /^(.+?)=(.+)$/.exec(text) ?? [];
    if (label === "") {
      throw new FoveaError("bad-input", `--class: expected PHOTOS=MODEL, e.g. kangaroo=wallaby, got "${text}"`);
    }
    const place = classes.indexOf(label);
    if (place < 0) throw unknownName("class", label, classes, name);
    indices[place] = find(className) ?? fixedClass(model, className, "--class: expected a class, got predicted");
  }
  return indices;
}
