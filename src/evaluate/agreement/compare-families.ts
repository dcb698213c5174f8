/** @file Explains an image by one method of each family, and says how far their maps agree. */

import { methodOptions, type OpenExplainer } from "../../explain/compare-methods.js";
import { type Explanation, rowOfClass } from "../../explain/explanation.js";
import { smallestLeft } from "../../explain/faithful/smallest-left.js";
import type { CamMethod } from "../../explain/method.js";
import { familyOf } from "../../explain/methods/families.js";
import type { Explainer, ExplainerOptions, RunOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Model } from "../../model/model.js";
import { singleImages } from "../../model/run/batches.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Size } from "../trial/trial.js";
import { gridOf } from "./cost.js";
import { type FamilyMethod, familyMethods, onGrid } from "./family-methods.js";
import {
  type FamiliesCompared,
  type FamilyMap,
  judgeFamilies,
  type SilentFamily,
  silenceOf,
} from "./judge-families.js";

/** A loaded model, as far as it is asked here. */
export interface ExplainedModel extends Model {
  readonly explainer: OpenExplainer;
}

/** The layer of the CAM family, and what all families explain. */
export type FamiliesOptions = Pick<ExplainerOptions, "layer" | "against">;

/** The map that is shown, beside which the families' are laid. */
export interface ShownMap {
  readonly method: CamMethod;
  /** Its evidence for the k-th class of image i. */
  evidence(i: number, k: number): FloatMap;
}

export interface CompareFamiliesOptions extends RunOptions {
  /** Default none. */
  readonly shown?: ShownMap | undefined;
}

/** Explainers of three families, opened when they are first asked for. */
export interface Families {
  /**
   * @param input the model's input, N images
   * @param classes of each image
   * @returns for each image, for each class
   * @throws the reason of `signal`'s abort
   */
  compare(
    input: Tensor,
    classes: readonly (readonly number[])[],
    options?: CompareFamiliesOptions,
  ): Promise<FamiliesCompared[][]>;
  close(): Promise<void>;
}

/** Families of methods for a model, which stay open from image to image. */
export function openFamilies(model: ExplainedModel, options: FamiliesOptions = {}): Families {
  const opened = new Map<CamMethod, Promise<Explainer>>();
  const explainerOf = (method: CamMethod, samples: number | undefined) => {
    const own = { ...methodOptions(method, { ...options, samples }), method };
    const explainer = opened.get(method) ?? model.explainer(own);
    opened.set(method, explainer);
    return explainer;
  };
  return {
    async compare(input, classes, { shown, ...how } = {}) {
      const size = gridOf(model, input);
      const rows: FamiliesCompared[][] = [];
      for (const [i, image] of singleImages(input).entries()) {
        const own = at(classes, i);
        const answers: Answer[] = [];
        for (const family of familyMethods)
          answers.push(await answerOf(family, explainerOf, { image, classes: own, size, how }));
        rows.push(own.map((_, k) => judgeClass(answers, k, shown && shownMap(shown, shown.evidence(i, k), size))));
      }
      return rows;
    },
    async close() {
      for (const explainer of opened.values()) await (await explainer.catch(() => undefined))?.close();
    },
  };
}

interface Question {
  readonly image: Tensor;
  readonly classes: readonly number[];
  readonly size: Size;
  readonly how: RunOptions;
}

/** What a family says of each class. */
type Answer = readonly (FamilyMap | SilentFamily)[];

/** The first of a family's methods whose map is more than rounding. */
async function answerOf(
  { family, methods, samples }: FamilyMethod,
  explainerOf: (method: CamMethod, samples: number | undefined) => Promise<Explainer>,
  { image, classes, size, how }: Question,
): Promise<Answer> {
  let answer: Answer = [];
  for (const method of methods) {
    const { name, title } = method;
    const silent = (reason: string): SilentFamily => ({ family, title, reason });
    try {
      const explanation = await (await explainerOf(method, samples)).explain(image, { ...how, classes });
      answer = classes.map((_, k) => {
        const grid = onGrid(explanation.at(0).evidence(k), size);
        const silence = isRounding(explanation, k) ? "its terms cancel at every place of the layer" : silenceOf(grid);
        return silence === undefined ? { family, method: name, title, grid } : silent(silence);
      });
    } catch (error) {
      how.signal?.throwIfAborted();
      if (!(error instanceof FoveaError)) throw error;
      answer = classes.map(() => silent(error.message));
    }
    if (answer.some((each) => "grid" in each)) return answer;
  }
  return answer;
}

/** Whether what is left of the terms of a sum is no more than rounding. */
function isRounding({ evidence, magnitude }: Explanation, k: number): boolean {
  if (magnitude === undefined) return false;
  const left = rowOfClass(evidence, 0, k).reduce((sum, value) => sum + Math.abs(value), 0);
  return left < smallestLeft * at(rowOfClass(magnitude, 0, k), 0);
}

function judgeClass(answers: readonly Answer[], k: number, shown: FamilyMap | undefined): FamiliesCompared {
  const said = answers.map((answer) => at(answer, k));
  const maps = said.filter((each): each is FamilyMap => "grid" in each);
  const silent = said.filter((each): each is SilentFamily => !("grid" in each));
  return judgeFamilies(maps, silent, shown);
}

function shownMap({ method }: ShownMap, evidence: FloatMap, size: Size): FamilyMap {
  const { name, title } = method;
  return { family: familyOf(method), method: name, title, grid: onGrid(evidence, size) };
}
