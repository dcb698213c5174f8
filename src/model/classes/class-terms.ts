/** @file What classes are called besides their names: WordNet's ids, synonyms, and wider terms for several of them. */

import type { Labels } from "../labels/labels.js";
import { type ClassTerm, synonymsIn, type TermedClasses } from "./find-classes.js";

/**
 * The terms of classes that have WordNet's ids, or are ImageNet's in the usual order; names that are ids themselves become words
 * where ImageNet has them.
 */
export async function withTerms({ names, ids }: Labels): Promise<TermedClasses> {
  if (ids === undefined && names.length !== 1000 && names.length !== 1001) return { classes: names };
  const [{ imageNetClasses }, { imageNetIds, imageNetSynonyms, widerSynsets }] = await Promise.all([
    import("../imagenet-classes.js"),
    import("./imagenet-synsets.js"),
  ]);
  const ownIds = ids ?? idsInOrder(names, { imageNetClasses, imageNetIds, imageNetSynonyms });
  if (ownIds === undefined) return { classes: names };
  const placeOf = new Map(imageNetIds.map((id, place) => [id, place]));
  const indexOf = new Map(ownIds.map((id, index) => [id, index]));
  const classes = names.map((name, i) =>
    name === ownIds[i] ? (imageNetClasses[placeOf.get(name) ?? -1] ?? name) : name,
  );
  const terms = ownIds.flatMap((id, index): ClassTerm[] => {
    if (id === "") return [];
    const synonyms = imageNetSynonyms[placeOf.get(id) ?? -1] ?? "";
    return [id, ...synonymsIn(synonyms)].map((term) => ({ term, indices: [index] }));
  });
  const wider = widerSynsets.map(({ id, name, indices }): ClassTerm => {
    const own = indices.map((place) => indexOf.get(imageNetIds[place] ?? ""));
    return { term: id, name, indices: own.filter((index) => index !== undefined) };
  });
  return {
    classes,
    terms: [...terms, ...wider.filter(({ term, indices }) => indices.length > 0 && !indexOf.has(term))],
  };
}

interface ImageNet {
  readonly imageNetClasses: readonly string[];
  readonly imageNetIds: readonly string[];
  readonly imageNetSynonyms: readonly string[];
}

/** The share of names that must be ImageNet's: lists differ in some words. */
const leastShare = 0.9;

/** Ids of ImageNet's classes in the usual order, with a background before them or without; undefined for other classes. */
function idsInOrder(
  names: readonly string[],
  { imageNetClasses, imageNetIds, imageNetSynonyms }: ImageNet,
): readonly string[] | undefined {
  const before = names.length - imageNetClasses.length;
  const same = imageNetClasses.filter((name, place) => {
    if (names[place + before] === name) return true;
    const own = new Set(synonymsIn(names[place + before] ?? ""));
    return synonymsIn(`${name},${imageNetSynonyms[place] ?? ""}`).some((word) => own.has(word));
  });
  if (same.length < leastShare * imageNetClasses.length) return undefined;
  return [...Array<string>(before).fill(""), ...imageNetIds];
}
