/** @file The repair that was chosen, and what else was tried: plain data. */

import type { GroupFigures } from "./group-test.js";

/** What was tried, and what is best on the validation images. Plain data. */
export interface ChosenRepair {
  /** How everything was trained, in words. */
  readonly budget: string;
  /** Cues that are repaired, by the names of their hypotheses. */
  readonly cues: readonly string[];
  /** How many training images of each class bear another class's cue. */
  readonly counterexamples: readonly number[];
  /** The model as it is. */
  readonly before: GroupFigures;
  readonly candidates: readonly TriedCandidate[];
  readonly impossible: readonly { readonly name: string; readonly reason: string }[];
  /** Null where none makes the worst group better. */
  readonly chosen: string | null;
  /** One sentence for people. */
  readonly sentence: string;
}

export interface TriedCandidate {
  readonly name: string;
  readonly sentence: string;
  readonly figures: GroupFigures;
}
