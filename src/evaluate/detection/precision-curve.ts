/** @file Precision over recall of one class, as COCO's evaluation reads it. */

/** Recalls at which precision is read: 0, 0.01, ... 1. */
export const recalls: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** What becomes of a found box. */
export const verdict = { wrong: 0, correct: 1, ignored: 2 } as const;

export interface PrecisionCurve {
  /** The best precision at each of `recalls`, or at any above it. */
  readonly precisions: Float64Array;
  /** The share of the objects that were found, whatever the score. */
  readonly recall: number;
}

/** Added to the number of boxes, as COCO's evaluation does against a division by zero. */
const spacing = 2 ** -52;

/**
 * The curve of found boxes, the surest first (`accumulate` of the COCO API): precision after each box, made falling from the right, read where
 * recall first reaches each of 101 places; 0 where it never does.
 * @param verdicts of each box
 * @param objects how many there are to be found, at least 1
 */
export function precisionCurve(verdicts: ArrayLike<number>, objects: number): PrecisionCurve {
  const count = verdicts.length;
  const [recallAfter, precisionAfter] = [new Float64Array(count), new Float64Array(count)];
  let [correct, wrong, counted] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    if (verdicts[i] === verdict.ignored) continue;
    if (verdicts[i] === verdict.correct) correct++;
    else wrong++;
    recallAfter[counted] = correct / objects;
    precisionAfter[counted] = correct / (wrong + correct + spacing);
    counted++;
  }
  for (let i = counted - 1; i > 0; i--)
    precisionAfter[i - 1] = Math.max(precisionAfter[i - 1] ?? 0, precisionAfter[i] ?? 0);
  const precisions = new Float64Array(recalls.length);
  let place = 0;
  for (const [i, recall] of recalls.entries()) {
    while (place < counted && (recallAfter[place] ?? 0) < recall) place++;
    if (place === counted) break;
    precisions[i] = precisionAfter[place] ?? 0;
  }
  return { precisions, recall: correct / objects };
}

/** The area under the curve: the mean of its precisions. */
export function averagePrecision({ precisions }: PrecisionCurve): number {
  return precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
}
