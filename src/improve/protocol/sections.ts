/** @file The sections of a protocol, in the order of the steps: what each step found, as plain JSON. */

import { cueFrom, type StoredCue } from "../../data/cues/stored-cue.js";
import { badInput, isObject } from "../../foundation/check.js";
import { fields, listOf, number, type Of, orNull, proportion, type Shape, share, text, truth, whole } from "./shape.js";

const cue: Shape<StoredCue> = (value, where) => {
  cueFrom(value, where);
  return value as StoredCue;
};

/** Which images may be learned from, and which are sealed. */
const split = fields({
  /** How images are told apart, in words. */
  rule: text,
  seed: text,
  /** Share of the images to learn from that is put aside for validation. */
  share,
  train: whole,
  validation: whole,
  sealed: whole,
  /** What the sealed images were opened for; null while they are sealed. */
  opened: orNull(text),
});

/** Labels that a person confirmed to be wrong, and that were replaced everywhere. */
const replaced = fields({
  /** For people: how many of each part, and what that means. */
  sentence: text,
  train: whole,
  validation: whole,
  sealed: whole,
  changes: listOf(fields({ path: text, old: text, new: text })),
});

/** Images of one class whose maps are alike. */
const cluster = fields({
  class: whole,
  label: text,
  /** What they are alike in: `maps` or `features`. */
  by: text,
  images: whole,
  /** Of the class's images that were looked at. */
  share,
  /** How often the model is wrong on them. */
  errorRate: share,
  /** Share of the image that the cluster's region takes: where its mean map is above a quarter of its peak. */
  area: share,
  /** Share of the members' maps in that region, over the region's share of the image: 1 is a map without a place. */
  concentration: number,
  /** Share of the region outside the object's boxes; null without boxes. */
  offObject: orNull(share),
  /** Names of images. */
  examples: listOf(text),
});

/** Something that the model may go by besides the object. */
const hypothesis = fields({
  /** Short and unique in the protocol, e.g. `region-1`, `tint`. */
  id: text,
  /** One sentence for people. */
  sentence: text,
  cue,
  /** The same cue with a narrower or wider region, where it is a region: for the repair to choose among on validation. */
  alternatives: listOf(cue),
  /** Indices of the classes whose maps point to it; all where it has no place. */
  classes: listOf(whole),
  /** How often the cue's own value tells the label, of images that the probe has not learned from. */
  tells: proportion,
  /** How often the most frequent class alone is right. */
  chance: share,
  /** How often the one small window on its place that tells most tells the label; null for a cue without a place. */
  window: orNull(share),
  /** Of the probe's answers and the labels, in bits. */
  information: number,
  /** Share of the image; null for a cue without a place. */
  area: orNull(share),
  concentration: orNull(number),
  offObject: orNull(share),
  /** Names of images that show it best. */
  examples: listOf(text),
});

/** What maps and probes of the training images suggest, the likeliest first. */
const discovery = fields({
  method: text,
  layer: text,
  images: whole,
  /** Whether the model has learned from the images whose maps were looked at; null where nothing is known. */
  seenInTraining: orNull(truth),
  notes: listOf(text),
  clusters: listOf(cluster),
  hypotheses: listOf(hypothesis),
});

/** What exchanging a cue does to the model's answers. */
const verdict = fields({
  id: text,
  verified: truth,
  /** One sentence for people: what was seen, and why that is enough or not. */
  reason: text,
  /** Images of validation that took part, each with several donors of other classes. */
  images: whole,
  donors: whole,
  /** Answers that became the donor's class. */
  followed: proportion,
  /** Those of them where a probe that cannot use the cue still tells the image's own class; all where none was trained. */
  despite: proportion,
  /** Answers that changed at all. */
  flipped: proportion,
  /** Answers that became the donor's class when the same shape was exchanged at other places; null for a cue without a place. */
  elsewhere: orNull(proportion),
  /** Answers that changed when the donor was of the same class. */
  within: proportion,
  /** Accuracy of a probe that cannot use the cue, on images with the cue exchanged; null where too few answers follow it. */
  rest: orNull(proportion),
  /** Accuracy of the same kind of probe that can, on the images as they are. */
  whole: orNull(proportion),
  /** Of `despite` against the other places, or the donors of the same class; and corrected for the number of hypotheses (Holm). */
  p: share,
  corrected: share,
});

/** What was verified by intervention. */
const verification = fields({
  /** How much more often than at other places the answer must follow the cue to matter. */
  practical: share,
  verdicts: listOf(verdict),
});

const anything: Shape<Readonly<Record<string, unknown>>> = (value, where) => {
  if (isObject(value)) return value;
  throw badInput(where, "an object", value);
};

/** The shape of each section, in the order of the steps. */
export const sectionShapes = { split, replaced, discovery, verification, repair: anything, proof: anything } as const;

export type SectionName = keyof typeof sectionShapes;
export type Sections = { readonly [Name in SectionName]: Of<(typeof sectionShapes)[Name]> };
export type ReplacedSection = Sections["replaced"];
export type SplitSection = Sections["split"];
export type DiscoverySection = Sections["discovery"];
export type VerificationSection = Sections["verification"];
export type Hypothesis = DiscoverySection["hypotheses"][number];
export type MapCluster = DiscoverySection["clusters"][number];
export type Verdict = VerificationSection["verdicts"][number];

/** The hypotheses that were verified. */
export function verifiedHypotheses({ discovery, verification }: Partial<Sections>): readonly Hypothesis[] {
  const verified = new Set(verification?.verdicts.filter((each) => each.verified).map(({ id }) => id));
  return discovery?.hypotheses.filter(({ id }) => verified.has(id)) ?? [];
}
