/** @file Whether a place is needed to tell the class, as a part of the object is, or only offers a short cut. */

/** Two trainings of one probe differ by as much. */
const byChance = 0.01;
/**
 * How many answers must follow the cue for each that a probe loses without it. Of a part of the object both grow together: on clean
 * digits one to five answers follow for each that needs it.
 */
const fewestPerNeed = 10;
/**
 * What a probe may lose without a cue that alone tells the label as well as whole images do: the probe of whole images had learned from the
 * cue, too, and misses it. Of an object's part, or of a colour that makes the class, it loses more.
 */
const mostMissed = 0.05;

/** Shares of images, 0 to 1. */
export interface Told {
  /** By a probe that learned without the cue, and by one of whole images. */
  readonly rest: number;
  readonly whole: number;
  /** By the content of the cue alone. */
  readonly tells: number;
  /** Answers of the model that follow the cue, more than follow elsewhere. */
  readonly effect: number;
}

/** Whether the class cannot be told without the cue. */
export function isNeeded({ rest, whole, tells, effect }: Told): boolean {
  const loss = Math.max(0, whole - rest - byChance);
  if (tells >= whole && loss <= mostMissed) return false;
  return loss * fewestPerNeed > effect;
}
