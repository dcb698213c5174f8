/** @file Chooses the photos of a split and matches their classes to a model's. */

import { type Photo, type PhotoDataset, type PooledPhoto, type Split, splits } from "../../data/photos/photo.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { classIndices } from "../../model/class-names.js";
import { classFinder } from "../../model/classes/find-classes.js";
import { type MatchedClasses, matchClasses, matchingClasses } from "../../model/match-classes.js";
import type { Model } from "../../model/model.js";
import { type ClassGroup, classGroups } from "../../model/targets/class-groups.js";
import type { GroupFlags } from "../options/class-option.js";
import { fixedClass } from "../options/values/classes.js";
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
export function photosOf({ name, photos, splits: there }: PhotoDataset, choice: string | undefined): PhotosOfSplit {
  const present = splits.filter((split) => there.includes(split));
  const part = choice === "val" ? "validation" : (choice ?? (present.includes("test") ? "test" : "all"));
  if (part === "all") return { photos, split: part };
  const split = present.find((each) => each === part);
  if (split === undefined) throw unknownName("split", part, [...present, "all"], name);
  return { photos: photos.filter((photo) => photo.split === split), split };
}

/** Photos of a split that every part of the dataset knows of: to try on what is not tried on all. */
export function photosToTry({ pool }: PhotoDataset, choice: SplitChoice): readonly PooledPhoto[] {
  return choice === "all" ? pool : pool.filter(({ split }) => split === choice);
}

/** As the library matches them, with the option that helps. */
export function matchedClasses(named: NamedModel, dataset: PhotoDataset): MatchedClasses {
  return matchClasses(named, dataset, "--labels gives a model other names");
}

/** The model's class for each class of the photos; undefined where it has none. */
export type ClassIndices = readonly (number | undefined)[];

/**
 * Finds the model's class for each class of the photos.
 * @param choices `photos' class=model's class`, which win over equal names. Default none
 * @throws FoveaError `bad-input`, `unknown-name`
 */
export function modelClasses(
  model: Model,
  { classes, name }: PhotoDataset,
  choices: readonly string[] = [],
): ClassIndices {
  const sameOrder = model.card.classes === undefined && model.classCount === classes.length;
  const indices = classes.map((label, i) => (sameOrder ? i : onlyOne(matchingClasses(model, label))));
  for (const text of choices) {
    const [, label = "", className = ""] = /^(.+?)=(.+)$/.exec(text) ?? [];
    if (label === "") {
      throw new FoveaError("bad-input", `--class: expected PHOTOS=MODEL, e.g. kangaroo=wallaby, got "${text}"`);
    }
    const place = classes.indexOf(label);
    if (place < 0) throw unknownName("class", label, classes, name);
    indices[place] = fixedClass(model, className, "--class: expected a class, got predicted");
  }
  return indices;
}

const onlyOne = (found: readonly number[] | undefined) => (found?.length === 1 ? found[0] : undefined);

/**
 * The model with the user's groups of classes in the place of their classes, and with a group for each class of the photos that is a
 * wider term for several of the model's (WordNet's `n02084071`, dog).
 * @param groups `name=classes`
 * @throws FoveaError `bad-input`, `unknown-name`
 */
export async function groupedModel(
  named: NamedModel,
  dataset: PhotoDataset,
  groups: readonly string[],
): Promise<NamedModel> {
  const { model } = named;
  const given = classGroupsFrom(model, groups);
  const names = new Set(given.map(({ name }) => name));
  const wider = dataset.classes.flatMap((label): ClassGroup[] => {
    const found = classFinder(model).find(label);
    if (names.has(label) || !found?.together || found.indices.length < 2) return [];
    return [{ name: found.name ?? label, classes: found.indices, terms: [label] }];
  });
  const all = [...given, ...wider];
  return all.length > 0 ? { ...named, model: await model.explaining(classGroups({ groups: all })) } : named;
}

/** @throws FoveaError `bad-input` for groups where the classes are those of a dataset */
export function refuseGroups({ group: [first] }: GroupFlags, data: string): void {
  if (first === undefined) return;
  throw new FoveaError("bad-input", `--group ${first}: expected photos to measure on, got ${data}`);
}

/** `dogs=151-268,dingo` as a group; several of one name are one. */
function classGroupsFrom(model: Model, texts: readonly string[]): ClassGroup[] {
  const groups = new Map<string, number[]>();
  for (const text of texts) {
    const [, name = "", classes = ""] = /^\s*(.+?)\s*=\s*(.+)$/s.exec(text) ?? [];
    if (name === "") {
      throw new FoveaError("bad-input", `--group: expected NAME=CLASSES, e.g. dogs=151-268, got "${text}"`);
    }
    const whole = onlyOne(matchingClasses(model, classes));
    const indices =
      whole === undefined ? classes.split(",").flatMap((part) => rangeOrClass(model, part.trim())) : [whole];
    groups.set(name, [...(groups.get(name) ?? []), ...indices]);
  }
  return [...groups].map(([name, classes]) => ({ name, classes }));
}

function rangeOrClass(model: Model, text: string): readonly number[] {
  const [, start, end] = /^(\d+)\s*-\s*(\d+)$/.exec(text) ?? [];
  if (start === undefined) return classIndices(model, text);
  const [first, last] = [Number(start), Number(end)];
  if (first > last) throw new FoveaError("bad-input", `--group: expected a range such as 151-268, got "${text}"`);
  classIndices(model, last);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
