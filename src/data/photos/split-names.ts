/** @file Splits by their usual names: `train`, `test_set`, `val2017`, `seg_train`. */

import type { Split } from "./photo.js";

/** What a split is called, alone or with `set`, `data` or `images` behind it. */
const words: readonly (readonly [RegExp, Split])[] = [
  [/^(train|training|trn|trainval)(s|sets?|data|images?|imgs?)?$/, "train"],
  [/^(val|valid|validate|validation|dev|development)(s|sets?|data|images?|imgs?)?$/, "validation"],
  [/^(test|tests|testing|tst|eval|evaluation|holdout)(s|sets?|data|images?|imgs?)?$/, "test"],
];

/** Words beside a split's that say nothing. */
const fillers = new Set(
  ["set", "sets", "data", "dataset", "image", "images", "img", "imgs", "photo", "photos", "picture", "pictures"].concat(
    ["split", "splits", "seg", "folder", "sample", "samples", "subset", "part"],
  ),
);

/** A name with a split's in it. */
export interface SplitName {
  readonly split: Split;
  /** What else it says (`flowers` of `flowers_train`); empty for nothing. */
  readonly rest: string;
}

/** The split in a name, and the rest of the name; undefined for a name without one, or with several. */
export function splitIn(name: string): SplitName | undefined {
  const parts = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "");
  const found = parts.map((part) => words.find(([pattern]) => pattern.test(part.replace(/\d{1,4}$/, "")))?.[1]);
  const splits = new Set(found.filter((split) => split !== undefined));
  const [split, ...others] = splits;
  if (split === undefined || others.length > 0) return undefined;
  const rest = parts.filter((part, i) => found[i] === undefined && !fillers.has(part) && !/^\d+$/.test(part));
  return { split, rest: rest.join(" ") };
}

/** The split that a folder or a field names (`train`, `valid`, `test2017`, `training_set` ...); undefined for another word. */
export function parseSplit(name: string): Split | undefined {
  const found = splitIn(name);
  return found?.rest === "" ? found.split : undefined;
}

/**
 * Which of the folders that lie side by side are splits; undefined where they are classes. Splits are all of them, or `train` and
 * its like where it has folders in it. (`train` beside `bus` and `car`, with photos in it, is a class of vehicles.)
 * @param hasFolders whether there are folders in a folder
 */
export function splitsAmong(
  names: readonly string[],
  hasFolders: (name: string) => boolean,
): ReadonlyMap<string, Split> | undefined {
  const parsed = names.map((name) => ({ name, ...splitIn(name) }));
  const train = parsed.find(({ split }) => split === "train");
  const rest = (train ?? parsed[0])?.rest;
  const alike = parsed.flatMap(({ name, split, rest: own }) => (split && own === rest ? [[name, split] as const] : []));
  const kinds = new Set(alike.map(([, split]) => split));
  // `flowers_train` alone may be anything.
  if (alike.length === 0 || (rest !== "" && kinds.size < 2)) return undefined;
  const areAll = alike.length === names.length;
  return areAll || (train !== undefined && hasFolders(train.name)) ? new Map(alike) : undefined;
}
