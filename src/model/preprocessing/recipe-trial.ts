/** @file The outcome of trying the usual recipes on photos. */

/** Photos that a trial looks at; of more the first ones. */
export const mostTrialPhotos = 10;
/** With fewer photos nothing is said. */
export const fewestTrialPhotos = 3;

/** What the judgement rests on. */
export type TrialEvidence =
  /** The activations' means and variances are those of training: `1 / (nats of misfit + 0.02)`. */
  | "batch normalization"
  /** The answers are sure, different for different photos, and the same for other views of one: nats of information times agreement. */
  | "answers";

/** One recipe that was tried. */
export interface TriedRecipe {
  /** A preset's name, or `assumed` for an assumption that is none of them. */
  readonly name: string;
  /** Larger is better; see `TrialEvidence`. */
  readonly evidence: number;
  /** The mean of the largest probabilities, where the network was run to its end. */
  readonly confidence?: number;
  /** The number of different answers. */
  readonly answers?: number;
  /** The most probable class of the first photo, and its probability. */
  readonly first?: { readonly class: number; readonly probability: number };
}

/** The outcome of a trial. */
export interface RecipeTrial {
  readonly photos: number;
  /** Undefined where nothing can be said: too few photos or classes. */
  readonly by: TrialEvidence | undefined;
  /** The assumed recipe. */
  readonly assumed: string;
  /** The best first. */
  readonly recipes: readonly TriedRecipe[];
  /** The recipe that is surer than the assumed one; undefined where none is. */
  readonly surer: string | undefined;
}
