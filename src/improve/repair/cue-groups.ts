/** @file The groups of training images: each class with its own cue, and with another's, as the model itself reads the cue. */

import { type Cue, exchangeCue } from "../../data/cues/cue.js";
import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { openAnswers } from "../answers.js";
import { pixelsOf } from "../image-set.js";
import type { ImageSet, Subject } from "../subject.js";
import type { TrainerParts } from "./trainer/kind.js";

/** Images of each class that get a cue, to see what the model makes of it. */
const hostsPerClass = 2;

/** Training images in groups. */
export interface CueGroups {
  /** 2 · class, and one more where the cue is another class's; [count]. */
  readonly of: readonly number[];
  /** How many images of each class bear another class's cue, [classes]. */
  readonly counterexamples: readonly number[];
}

export interface CueGroupOptions extends Pick<TrainerParts, "runtime"> {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What an image's cues say is the class that the model answers most often when they stand in images of all classes, two of each: a cue
 * that the model goes by speaks for itself. Of equals the image's own class, else the first. Without cues each class is one group.
 */
export async function cueGroups(
  subject: Subject,
  set: ImageSet,
  cues: readonly Cue[],
  { runtime, seed, signal }: CueGroupOptions,
): Promise<CueGroups> {
  const classes = subject.classes.length;
  const labels = Array.from({ length: set.count }, (_, i) => at(set.labels, i));
  if (cues.length === 0) return { of: labels.map((label) => 2 * label), counterexamples: new Array(classes).fill(0) };
  const hosts = await drawHosts(set, labels, seed);
  const answers = openAnswers(subject, { runtime, signal });
  const of: number[] = [];
  try {
    for (const [i, label] of labels.entries()) {
      const [image] = await pixelsOf(set, [i]);
      const shown = hosts.map((host) =>
        cues.reduce((result, cue) => exchangeCue(cue, result, image ?? result, set.dims), host),
      );
      of.push(2 * label + (mostFrequent(await answers.ask(shown), classes, label) === label ? 0 : 1));
    }
  } finally {
    await answers.close();
  }
  const counterexamples = Array.from({ length: classes }, (_, c) => of.filter((group) => group === 2 * c + 1).length);
  return { of, counterexamples };
}

async function drawHosts(set: ImageSet, labels: readonly number[], seed: number): Promise<Uint8Array[]> {
  const source = random(seed).fork("hosts of cues");
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const indices = classes.flatMap((label) => {
    const own = labels.flatMap((other, i) => (other === label ? [i] : []));
    return Array.from({ length: hostsPerClass }, () => at(own, source.below(own.length)));
  });
  return pixelsOf(set, indices);
}

function mostFrequent(answers: readonly number[], classes: number, own: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  const most = Math.max(...counts);
  return counts[own] === most ? own : counts.indexOf(most);
}
