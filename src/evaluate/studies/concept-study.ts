/** @file What each concept of a network is worth: in how many images it is, and what becomes of their scores without it. */

import type { Concepts } from "../../explain/concepts/concept.js";
import type { ConceptEffects } from "../../explain/concepts/effects.js";
import { regionShare } from "../../explain/concepts/regions.js";
import type { Items } from "../../foundation/map-ahead.js";
import { at } from "../../foundation/present.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { meanInterval } from "../statistics/mean-interval.js";
import type { Proportion } from "../statistics/proportion.js";

/** A concept over all images; means with 95 % intervals. */
export interface ConceptSummary {
  /** Its place in `Concepts.all`. */
  readonly index: number;
  /** Its total Sobol index; low and high are equal to the value for a single image. */
  readonly importance: Proportion;
  /** By how much the score falls without it. */
  readonly drop: Proportion;
  /** The share of the images whose answer is another one without it. */
  readonly changes: number;
  /** The share of the images that have a region of it. */
  readonly present: number;
  /** The images by their largest amount of it, those with most first; only those that have a region. */
  readonly examples: readonly number[];
}

/** What a concept does to the score of a class: means with 95 % intervals over the images that have a region of it. */
export interface ClassWorth {
  readonly importance: Proportion;
  readonly drop: Proportion;
}

/** All concepts, for one class. */
export interface ClassStudy {
  readonly classIndex: number;
  /** In the order of `ConceptStudy.concepts`; undefined for a concept that no image has a region of. */
  readonly concepts: readonly (ClassWorth | undefined)[];
}

export interface ConceptStudy {
  readonly images: number;
  /** The mean score of the explained class, and that with nothing but the concepts in the layer. */
  readonly score: number;
  readonly rebuilt: number;
  /** The most important one first. */
  readonly concepts: readonly ConceptSummary[];
  /** Of the classes that were asked for besides, in their order. */
  readonly classes: readonly ClassStudy[];
  /** Of each image. */
  readonly effects: readonly ConceptEffects[];
}

export interface ConceptStudyOptions {
  /** Default: of each image the class with the highest score. */
  readonly classIndex?: number | undefined;
  /** More classes to tell of. Default: none. */
  readonly classes?: readonly number[] | undefined;
  /** Is told after each image. */
  readonly progress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @param images one each, [1, C, H, W], at least one */
export async function studyConcepts(
  concepts: Concepts,
  images: Items<Tensor>,
  { classIndex, classes = [], progress, signal }: ConceptStudyOptions = {},
): Promise<ConceptStudy> {
  const effects: ConceptEffects[] = [];
  const most: number[][] = [];
  for await (const image of images) {
    signal?.throwIfAborted();
    most.push(largestOf(await concepts.of(image), concepts));
    effects.push(await concepts.effects(image, classIndex, classes));
    progress?.(effects.length);
  }
  const mean = (of: (effect: ConceptEffects) => number) =>
    effects.reduce((sum, effect) => sum + of(effect), 0) / effects.length;
  const summaries = concepts.all
    .map((_, index) => summaryOf(index, effects, most))
    .sort((a, b) => b.importance.value - a.importance.value);
  return {
    images: effects.length,
    score: mean(({ score }) => score),
    rebuilt: mean(({ rebuilt }) => rebuilt),
    concepts: summaries,
    classes: classes.map((classIndex, i) => ({
      classIndex,
      concepts: summaries.map((summary) => worthOf(summary, effects, i)),
    })),
    effects,
  };
}

/** Of one image the largest amount of each concept, as a share of its peak. */
function largestOf(amounts: Tensor, { all }: Concepts): number[] {
  const area = amounts.size / Math.max(1, all.length);
  return all.map(({ peak }, k) => {
    const largest = floats(amounts)
      .subarray(k * area, (k + 1) * area)
      .reduce((most, value) => Math.max(most, value), 0);
    return peak > 0 ? largest / peak : 0;
  });
}

function summaryOf(
  index: number,
  effects: readonly ConceptEffects[],
  most: readonly (readonly number[])[],
): ConceptSummary {
  const shareOf = (image: number) => at(at(most, image), index);
  const present = effects.map((_, i) => i).filter((i) => shareOf(i) >= regionShare);
  const changed = effects.filter(({ changes }) => changes[index]).length;
  return {
    index,
    importance: intervalOf(
      effects.map(({ importance }) => at(importance, index)),
      0,
    ),
    drop: intervalOf(effects.map(({ drops }) => at(drops, index))),
    changes: changed / effects.length,
    present: present.length / effects.length,
    examples: present.sort((a, b) => shareOf(b) - shareOf(a)),
  };
}

/** @param i the place of the class among those that were asked for */
function worthOf(
  { index, examples }: ConceptSummary,
  effects: readonly ConceptEffects[],
  i: number,
): ClassWorth | undefined {
  if (examples.length === 0) return undefined;
  const its = examples.map((image) => at(at(effects, image).classes, i));
  return {
    importance: intervalOf(
      its.map(({ importance }) => at(importance, index)),
      0,
    ),
    drop: intervalOf(its.map(({ drops }) => at(drops, index))),
  };
}

/** Of a single value that value: nothing is known of its spread. */
function intervalOf(values: readonly number[], least = Number.NEGATIVE_INFINITY): Proportion {
  const [single = 0] = values;
  if (values.length < 2) return { value: single, low: single, high: single };
  return meanInterval(values, [least, Number.POSITIVE_INFINITY]);
}
