/** @file Labels that a person confirmed to be wrong: the new ones are used everywhere, and the old ones kept for the controls. */

import type { LabelChange } from "../data/label-changes.js";
import { at } from "../foundation/present.js";
import { type Random, random } from "../foundation/random.js";
import { counted, list } from "../foundation/words.js";
import { type Parts, partOf } from "./image-set.js";
import type { ImageSet, Subject } from "./subject.js";

/**
 * The subject with the new labels, in the images to learn from and in the sealed ones alike; without changes, the subject itself.
 * @param changes checked (`acceptedChanges`): each image once, classes and images that there are
 */
export function withConfirmedLabels(subject: Subject, changes: readonly LabelChange[]): Subject {
  if (changes.length === 0) return subject;
  const labels = labelsOf(subject, changes, (change) => change.new);
  const [learning, sealed] = [relabelled(subject.learning, labels), relabelled(subject.sealed, labels)];
  return { ...subject, learning, sealed, confirmed: changes };
}

/** The set as it was labelled before. */
export function withOldLabels(subject: Subject, set: ImageSet): ImageSet {
  return relabelled(
    set,
    labelsOf(subject, subject.confirmed ?? [], ({ old }) => old),
  );
}

/** Indices of the images in the set whose labels were changed. */
export function confirmedIn({ confirmed }: Subject, { names }: ImageSet): number[] {
  const changed = new Set(confirmed?.map(({ path }) => path));
  return names.flatMap((name, i) => (changed.has(name) ? [i] : []));
}

/**
 * The set as it was labelled before, and as many labels of other images changed in the same way: for every changed image one of the same
 * old class, drawn at random, gets the new label.
 */
export function withOtherLabels(subject: Subject, set: ImageSet, seed: number): ImageSet {
  const old = withOldLabels(subject, set);
  const others = othersLike(subject, set, random(seed).fork("other labels"));
  const labels = Array.from(old.labels);
  for (const { changed, other } of others) labels[other] = at(set.labels, changed);
  return { ...old, labels };
}

/** The set as it was labelled before, without as many images as were changed: others of the same old classes, drawn at random. */
export function withoutSome(subject: Subject, set: ImageSet, seed: number): ImageSet {
  const left = new Set(othersLike(subject, set, random(seed).fork("left out")).map(({ other }) => other));
  const kept = set.names.map((_, i) => i).filter((i) => !left.has(i));
  return partOf(withOldLabels(subject, set), kept);
}

/** For each changed image another one of its old class that was not changed, as far as there are some. */
function othersLike(subject: Subject, set: ImageSet, source: Random) {
  const old = withOldLabels(subject, set);
  const changed = confirmedIn(subject, set);
  const taken = new Set(changed);
  return changed.flatMap((index) => {
    const free = set.names.flatMap((_, i) => (!taken.has(i) && old.labels[i] === old.labels[index] ? [i] : []));
    if (free.length === 0) return [];
    const other = at(free, source.below(free.length));
    taken.add(other);
    return [{ changed: index, other }];
  });
}

/** How many labels of each part were changed. */
export interface ConfirmedCounts {
  readonly train: number;
  readonly validation: number;
  readonly sealed: number;
}

export function confirmedCounts(subject: Subject, { train, validation }: Parts): ConfirmedCounts {
  const [inTrain, inValidation, inSealed] = [train, validation, subject.sealed].map(
    (set) => confirmedIn(subject, set).length,
  );
  return { train: inTrain ?? 0, validation: inValidation ?? 0, sealed: inSealed ?? 0 };
}

/** One sentence for people, with what it means for the sealed images. */
export function confirmedInWords({ train, validation, sealed }: ConfirmedCounts): string {
  const all = train + validation + sealed;
  const parts = [`${train} of training`, `${validation} of validation`, `${sealed} of sealed images`];
  const seen =
    sealed > 0
      ? "; a person saw those sealed images, and looked at them because a model contradicted their labels: accuracies on the sealed images compare models, and flatter the one that contradicted"
      : "";
  return `${counted(all, "label")} that a person confirmed to be wrong ${all === 1 ? "is" : "are"} replaced: ${list(parts)}${seen}.`;
}

function labelsOf({ classes }: Subject, changes: readonly LabelChange[], name: (change: LabelChange) => string) {
  return new Map(changes.map((change) => [change.path, classes.indexOf(name(change))]));
}

function relabelled(set: ImageSet, labels: ReadonlyMap<string, number>): ImageSet {
  return { ...set, labels: set.names.map((name, i) => labels.get(name) ?? at(set.labels, i)) };
}
