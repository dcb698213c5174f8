/**
 * @file The balanced counterfactual test: every image as it is, and with the cues of an image of another class. So each class stands with its
 * own cue and with another's equally often, also where the images themselves are as biased as those that were learned from.
 */

import { type Cue, exchangeCue } from "../../data/cues/cue.js";
import { type Proportion, proportion } from "../../evaluate/statistics/proportion.js";
import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { joinedPixels, pixelsOf } from "../image-set.js";
import type { ImageSet } from "../subject.js";

/** The two halves of the test, image by image. */
export const halves = ["own", "exchanged"] as const;
export type Half = (typeof halves)[number];

export interface GroupTest {
  readonly labels: readonly number[];
  /** Both, or `own` alone where no cue is exchanged: then there is one half, and what is said of the other is said of it. */
  readonly halves: readonly Half[];
  readonly own: ImageSet;
  readonly exchanged: ImageSet;
}

/** For each image of the test whether an answer to it is right, in both halves. */
export type Rights = { readonly [Name in Half]: readonly boolean[] };

/** A class, with its own cue or another's. */
export interface Group {
  readonly class: number;
  readonly cue: Half;
  readonly accuracy: Proportion;
  readonly count: number;
}

/** Accuracies on the test; plain data. */
export interface GroupFigures {
  /** On the images as they are. */
  readonly own: Proportion;
  /** On those with another class's cues. */
  readonly exchanged: Proportion;
  /** Over both halves. */
  readonly overall: number;
  readonly worst: Group;
  readonly groups: readonly Group[];
}

/**
 * The test of a set. Each image gets all cues of one other image, drawn evenly among those of other classes; a region's place and shape
 * stay. An image without any of another class does not take part. Without cues there is one half, the images as they are.
 */
export function groupTest(set: ImageSet, cues: readonly Cue[], seed: number): GroupTest {
  const labels = Array.from({ length: set.count }, (_, i) => at(set.labels, i));
  if (cues.length === 0) return { labels, halves: ["own"], own: set, exchanged: set };
  const source = random(seed).fork("donors of other classes");
  const donors = labels.map((label) => {
    const others = labels.flatMap((other, i) => (other === label ? [] : [i]));
    return others.length === 0 ? -1 : at(others, source.below(others.length));
  });
  const read: ImageSet["read"] = async (indices) => {
    const own = await pixelsOf(set, Array.from(indices));
    const given = await pixelsOf(
      set,
      Array.from(indices, (i) => at(donors, i)),
    );
    const changed = own.map((image, i) =>
      cues.reduce((result, cue) => exchangeCue(cue, result, at(given, i), set.dims), image),
    );
    return joinedPixels(changed, set.dims);
  };
  return { labels, halves, own: set, exchanged: { ...set, read } };
}

/** @param answers the class given to each image, in both halves */
export function rightsOf({ labels }: GroupTest, answers: { readonly [Name in Half]: readonly number[] }): Rights {
  const right = (half: Half) => labels.map((label, i) => answers[half][i] === label);
  return { own: right("own"), exchanged: right("exchanged") };
}

/** The accuracies; the worst group is the one with the lowest. */
export function figuresOf(
  { labels, halves: those }: Pick<GroupTest, "labels" | "halves">,
  rights: Rights,
): GroupFigures {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const groups = those.flatMap((cue) =>
    classes.map((label): Group => {
      const members = rights[cue].filter((_, i) => labels[i] === label);
      return { class: label, cue, accuracy: shareOf(members), count: members.length };
    }),
  );
  const worst = groups.reduce((least, group) => (group.accuracy.value < least.accuracy.value ? group : least));
  const [own, exchanged] = [shareOf(rights.own), shareOf(rights.exchanged)];
  return { own, exchanged, overall: (own.value + exchanged.value) / 2, worst, groups };
}

function shareOf(rights: readonly boolean[]): Proportion {
  return proportion(rights.filter(Boolean).length, rights.length);
}
