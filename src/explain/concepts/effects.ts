/** @file What becomes of an image's scores when its concepts are taken away, one by one and together. */

import { badInput } from "../../foundation/check.js";
import { at } from "../../foundation/present.js";
import { float32 } from "../../onnx/tensor.js";
import type { ChangedLayer, ImageConcepts } from "./changed-layer.js";
import { sobolDesign, totalIndices } from "./sobol.js";

/** What concepts do to the score of a class, in one image. */
export interface ClassEffects {
  readonly classIndex: number;
  /** The score with the layer as it is, before softmax. */
  readonly score: number;
  /** The score with nothing in the layer but the concepts: near `score` where they hold what counts. */
  readonly rebuilt: number;
  /** For each concept: the score less that without the concept. Above 0 for a concept that raises the score. */
  readonly drops: readonly number[];
  /** For each concept its total Sobol index: the share of the score's variance that it has a hand in when all are weakened at random. */
  readonly importance: readonly number[];
}

/** Of one image: the explained class, and what else was asked for. */
export interface ConceptEffects extends ClassEffects {
  /** For each concept: whether the highest score is another class's without it. */
  readonly changes: readonly boolean[];
  /** The class with the highest score, and for each concept that without it. */
  readonly predicted: number;
  readonly answers: readonly number[];
  /** Of the classes that were asked for besides, in their order. */
  readonly classes: readonly ClassEffects[];
}

/** Points of the design, as in CRAFT's code: (K + 1) times as many runs of what lies behind the layer. */
const points = 32;

interface EffectsOptions {
  readonly classIndex: number | undefined;
  readonly classes: readonly number[];
  readonly signal: AbortSignal | undefined;
}

export async function effectsOf(
  changed: ChangedLayer,
  image: ImageConcepts,
  { classIndex, classes, signal }: EffectsOptions,
): Promise<ConceptEffects> {
  const count = image.directions.dims[0] ?? 0;
  // The first row takes nothing away, so that every score is computed in the same order.
  const without = Array.from({ length: count + 1 }, (_, row) =>
    Array.from({ length: count }, (_, k) => (k === row - 1 ? 0 : 1)),
  );
  const start = await changed.start(image);
  const [whole, ...reduced] = await changed.scores("reduced", start, float32([count + 1, count], without.flat()));
  const scores = whole ?? new Float32Array();
  const predicted = highest(scores);
  const index = classIndex ?? predicted;
  for (const each of [index, ...classes])
    if (scores[each] === undefined) throw badInput("class", `an index from 0 to ${scores.length - 1}`, each);
  signal?.throwIfAborted();
  const design = sobolDesign(count, points);
  const ones = float32([1, count], new Float32Array(count).fill(1));
  const [rebuilt] = await changed.scores("rebuilt", start, ones);
  const masked = await changed.scores("rebuilt", start, design.masks);
  const ofClass = (each: number): ClassEffects => {
    const scoreIn = (row: Float32Array | undefined) => row?.[each] ?? Number.NaN;
    return {
      classIndex: each,
      score: scoreIn(scores),
      rebuilt: scoreIn(rebuilt),
      drops: reduced.map((row) => scoreIn(scores) - scoreIn(row)),
      importance: totalIndices(masked.map(scoreIn), points),
    };
  };
  const answers = reduced.map(highest);
  return {
    ...ofClass(index),
    predicted,
    answers,
    changes: answers.map((answer) => answer !== predicted),
    classes: classes.map(ofClass),
  };
}

function highest(scores: Float32Array): number {
  return scores.reduce((best, score, i) => (score > at(scores, best) ? i : best), 0);
}
