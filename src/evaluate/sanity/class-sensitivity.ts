/** @file Whether maps ask for the class: the random-logit test. */

import { type CamMethod, defaultMethod } from "../../explain/method.js";
import type { Explainer, ExplainerOptions } from "../../explain/options.js";
import { at } from "../../foundation/present.js";
import { permutation, random } from "../../foundation/random.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import { bootstrapMean } from "../statistics/bootstrap.js";
import { mean } from "../statistics/sums.js";
import { compareMaps, type MapSimilarity } from "./compare-maps.js";
import { withExplainers } from "./maps-of-images.js";
import { isAbove, isBelow } from "./sanity-verdict.js";

export interface ClassSensitivityOptions extends Omit<ExplainerOptions, "method" | "include"> {
  /** Default `grad-cam`. */
  readonly methods?: readonly (string | CamMethod)[];
  /** Of the other classes. Default 1. */
  readonly seed?: number | undefined;
  /** How many other classes each image's map is compared with, at most; all where there are fewer. Default 3. */
  readonly others?: number | undefined;
}

/** How much a method's maps depend on the class that is asked for; plain data. */
export interface ClassSensitivity extends MapSimilarity {
  readonly method: string;
  readonly title: string;
  /** Pairs of maps of two classes, and those of them that are the same. */
  readonly pairs: number;
  readonly identical: number;
  /**
   * `blind`: maps of all classes are the same; `insensitive`, `sensitive`: their rank correlation is above or below 0.5, interval and
   * all; else `undecided`, as where a network has one class.
   */
  readonly verdict: "blind" | "insensitive" | "sensitive" | "undecided";
}

/** Maps whose values differ by no more than this part of the largest are the same. */
const rounding = 1e-5;

/**
 * Sixt et al., "When Explanations Lie", ICML 2020, section 4: how alike the map of the predicted class and the map of a random other class
 * are. Similarities of an image are averaged over its other classes, and the bootstrap's intervals are over images.
 * @param images the model's input, one image each
 */
export async function measureClassSensitivity(
  model: Model,
  images: readonly Tensor[],
  options: ClassSensitivityOptions,
): Promise<ClassSensitivity[]> {
  const { methods = [defaultMethod], seed, others, ...explaining } = options;
  return withExplainers(model, methods, explaining, async (explainers) => {
    const results: ClassSensitivity[] = [];
    for (const explainer of explainers) results.push(await classSensitivityOf(explainer, images, { seed, others }));
    return results;
  });
}

/** The same of an explainer that is open. */
export async function classSensitivityOf(
  explainer: Explainer,
  images: readonly Tensor[],
  { seed = 1, others = 3 }: Pick<ClassSensitivityOptions, "seed" | "others"> = {},
): Promise<ClassSensitivity> {
  const byImage: PairOfClasses[][] = [];
  for (const [i, image] of images.entries()) {
    byImage.push(await pairsOfClasses(explainer, image, { seed: `${seed}/${i}`, others }));
  }
  return summariseClassSensitivity(explainer.method, byImage);
}

/** The maps of two classes of an image, compared; plain data. */
export interface PairOfClasses {
  readonly rankCorrelation: number;
  readonly ssim: number;
  readonly blank: boolean;
  readonly identical: boolean;
}

/** The map of the predicted class with those of some others, drawn by the seed. */
export async function pairsOfClasses(
  explainer: Explainer,
  image: Tensor,
  { seed, others }: { readonly seed: string; readonly others: number },
): Promise<PairOfClasses[]> {
  const { scores, predicted } = (await explainer.explain(image)).at(0);
  const order = [...permutation(scores.length, random(seed).fork("class"))];
  const chosen = order.filter((index) => index !== predicted.index).slice(0, others);
  if (chosen.length === 0) return [];
  const [own, ...rest] = (await explainer.explain(image, { classes: [predicted.index, ...chosen] })).at(0).maps;
  if (own === undefined) return [];
  return rest.flatMap((map) => {
    const compared = compareMaps(own, map);
    return compared ? [{ ...compared, identical: areSame(own, map) }] : [];
  });
}

function areSame(a: FloatMap, b: FloatMap): boolean {
  const largest = a.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.values.every((value, i) => Math.abs(value - at(b.values, i)) <= rounding * largest);
}

/** @param byImage the pairs of each image */
export function summariseClassSensitivity(
  { name, title }: Pick<CamMethod, "name" | "title">,
  byImage: readonly (readonly PairOfClasses[])[],
): ClassSensitivity {
  const compared = byImage.filter((pairs) => pairs.length > 0);
  const all = compared.flat();
  const rankCorrelation = bootstrapMean(compared.map((pairs) => mean(pairs.map((pair) => pair.rankCorrelation))));
  const identical = all.filter((pair) => pair.identical).length;
  const isBlind = all.length > 0 && identical === all.length;
  const judged = isAbove(rankCorrelation) ? "insensitive" : isBelow(rankCorrelation) ? "sensitive" : "undecided";
  return {
    ...{ method: name, title, pairs: all.length, identical, rankCorrelation },
    ssim: bootstrapMean(compared.map((pairs) => mean(pairs.map(({ ssim }) => ssim)))),
    blank: all.filter(({ blank }) => blank).length,
    verdict: isBlind ? "blind" : judged,
  };
}
