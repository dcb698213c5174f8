/** @file Classes and splits as the names of folders tell them. */

import { groupBy } from "../../foundation/group-by.js";
import type { Split } from "./photo.js";
import { splitIn, splitsAmong } from "./split-names.js";

/** The class and split of an image by the folders above it. */
export interface Place {
  readonly label: string | undefined;
  readonly split: Split | undefined;
  /** Whether it lies beside the folders of the splits, and belongs to none. */
  readonly outside?: boolean;
}

/**
 * Reads `train/cat/1.jpg`, `cat/1.jpg` and `cat/train/1.jpg`, also inside of folders that hold everything, and where the folder of
 * a split holds another of its name; images deeper in a class's folder are of that class. See `splitsAmong` for what is a split.
 * @param paths of images, with forward slashes
 */
export function placesOf(paths: readonly string[]): Place[] {
  const items = paths.map((path, index) => ({ index, folders: path.split("/").slice(0, -1) }));
  const found = placesBySplit(items) ?? placesByClass(items);
  return paths.map((_, index) => found.get(index) ?? { label: undefined, split: undefined, outside: true });
}

/** Folders that look like splits and are taken for classes: a plain sentence each. */
export function doubtfulClasses(classes: readonly string[]): string[] {
  const named = classes.flatMap((name) => {
    const found = splitIn(name);
    return found ? [{ name, rest: found.rest }] : [];
  });
  const doubtful = named.length === classes.length ? named : named.filter(({ rest }) => rest === "");
  if (doubtful.length === 0) return [];
  const names = doubtful.map(({ name }) => `"${name}"`).join(", ");
  return [`${names} may be a split, and is taken for a class, because of the folders beside it`];
}

/** An image by its number, with the folders between here and it. */
interface Item {
  readonly index: number;
  readonly folders: readonly string[];
}

type Places = Map<number, Place>;

/** Places where folders of splits are found, in whichever depth; undefined without. */
function placesBySplit(items: readonly Item[]): Places | undefined {
  const children = childrenOf(items);
  const splits = splitsAmong([...children.keys()], (name) =>
    (children.get(name) ?? []).some(({ folders }) => folders.length > 0),
  );
  if (splits) {
    return merged([...splits].map(([name, split]) => placesInSplit(children.get(name) ?? [], name, split)));
  }
  if (children.size === 0) return undefined;
  const inside = [...children].map(([name, below]) => ({ name, places: placesBySplit(below) }));
  const found = inside.flatMap(({ places }) => (places ? [places] : []));
  if (found.length === 0) return undefined;
  const areClasses = children.size > 1 && found.length === children.size && found.every(isUnlabelled);
  if (!areClasses) return merged(found);
  return merged(
    inside.map(
      ({ name, places = new Map() }) => new Map([...places].map(([i, place]) => [i, { ...place, label: name }])),
    ),
  );
}

const isUnlabelled = (places: Places) => [...places.values()].every(({ label }) => label === undefined);

/** The places of images in a split's folder: the folder below names the class, unless it is the split's once more, or `images`. */
function placesInSplit(items: readonly Item[], name: string, split: Split): Places {
  const children = childrenOf(items);
  const [only, ...others] = children;
  if (only && others.length === 0) {
    const [inner, below] = only;
    const again = inner === name || splitIn(inner)?.split === split || /^(images?|imgs?|photos|data)$/i.test(inner);
    if (again && below.some(({ folders }) => folders.length > 0)) return placesInSplit(below, inner, split);
  }
  return new Map(items.map(({ index, folders: [label] }) => [index, { label, split }]));
}

function placesByClass(items: readonly Item[]): Places {
  const children = childrenOf(items);
  const [only, ...others] = children.values();
  const isWrapper =
    only && others.length === 0 && only.length === items.length && only.every((item) => item.folders.length > 0);
  if (isWrapper) return placesByClass(only);
  return new Map(items.map(({ index, folders: [label] }) => [index, { label, split: undefined }]));
}

/** The images of each folder here, seen from that folder. */
function childrenOf(items: readonly Item[]): Map<string, Item[]> {
  const inFolders = items.filter(({ folders }) => folders.length > 0);
  const groups = groupBy(inFolders, ({ folders: [name = ""] }) => name);
  return new Map(
    [...groups].map(([name, members]) => [
      name,
      members.map(({ index, folders: [, ...folders] }) => ({ index, folders })),
    ]),
  );
}

function merged(all: readonly Places[]): Places {
  return new Map(all.flatMap((places) => [...places]));
}
