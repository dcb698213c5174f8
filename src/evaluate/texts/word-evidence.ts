/** @file How much of a word's map lies on what the word names, in scenes that have another thing besides. */

import type { DrawnScenes } from "../../data/scenes/draw-scenes.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import type { ExplainerOptions } from "../../explain/options.js";
import { at } from "../../foundation/present.js";
import { resizeMap } from "../../image/picture/resize.js";
import { areaInside, evidenceInside } from "../trial/evidence.js";

export interface WordEvidenceOptions {
  /** How many scenes with both things are looked at. */
  readonly count: number;
  readonly explaining?: Pick<ExplainerOptions, "method" | "layer">;
  /** Called after each scene. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What is in one scene. */
export interface WordEvidence {
  readonly scene: number;
  /** For each word: the share of its map inside the boxes of what it names, over that of an even map; 0 for a map of zeros. */
  readonly ratios: readonly number[];
}

/**
 * Explains each word in every scene that has what all of them name.
 * @param model opened with the words as its texts
 * @param words names of the scenes' classes
 */
export async function wordEvidence(
  model: LoadedModel,
  words: readonly string[],
  scenes: DrawnScenes,
  { count, explaining, progress, signal }: WordEvidenceOptions,
): Promise<readonly WordEvidence[]> {
  const explainer = await model.explainer(explaining);
  const found: WordEvidence[] = [];
  try {
    for (let scene = 0; scene < scenes.count && found.length < count; scene++) {
      const { picture, objects } = await scenes.read(scene);
      const boxes = words.map((word) =>
        objects.filter(({ classIndex }) => scenes.classes[classIndex] === word).map(({ box }) => box),
      );
      if (boxes.some((of) => of.length === 0)) continue;
      signal?.throwIfAborted();
      const { input } = await model.readImage(picture);
      const one = (await explainer.explain(input, { classes: words })).at(0);
      const ratios = boxes.map((of, k) => {
        const map = resizeMap(one.map(k), picture.width, picture.height);
        return (evidenceInside(map, of) ?? 0) / areaInside(picture, of);
      });
      found.push({ scene, ratios });
      progress?.(found.length, count);
    }
  } finally {
    await explainer.close();
  }
  return found;
}

/** The mean of a word's ratios, and the share of scenes in which they are `least` or more. */
export function ratioOfWord(
  found: readonly WordEvidence[],
  word: number,
  least = 3,
): { readonly mean: number; readonly share: number } {
  const ratios = found.map((each) => at(each.ratios, word));
  return {
    mean: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    share: ratios.filter((ratio) => ratio >= least).length / ratios.length,
  };
}
