/** @file Finds the boxes of a set that are objects, and measures the maps of some of them. */

import type { SceneSet } from "../../../data/scenes/scene-set.js";
import { judgeScenes } from "../../../evaluate/detection/error-kinds.js";
import { chooseBoxes } from "../../../evaluate/detection/study/choose-boxes.js";
import type { FoundScene } from "../../../evaluate/detection/study/detect-scenes.js";
import { type BoxMethod, type MeasuredBox, measureMaps } from "../../../evaluate/detection/study/measure-maps.js";
import { createBoxExplainer } from "../../../explain/boxes/box-explainer.js";
import { boxMethod } from "../../../explain/boxes/box-method.js";
import { defaultBoxMethod } from "../../../explain/boxes/box-options.js";
import { closeAll } from "../../../foundation/lifetime.js";
import type { NamedModel } from "../../inputs/models.js";
import { platform } from "../../platform.js";
import type { Job } from "../../terminal/job.js";

export interface MeasureBoxesOptions {
  /** Names separated by commas; undefined for the default of boxes. */
  readonly method: string | undefined;
  /** `auto` for the layers of the level that made each box. */
  readonly layer: string;
  /** Lowest score of boxes that are measured. */
  readonly confidence: number;
  /** How many boxes, at most, and of how many the curves are measured. */
  readonly count: number;
  readonly curves: number;
  readonly seed: string;
}

/**
 * None where no box is an object.
 * @param onBox is told each box as it comes
 * @throws FoveaError for methods and layers that there are not
 */
export async function measureBoxes(
  job: Job,
  {
    named,
    set,
    scenes,
  }: { readonly named: NamedModel; readonly set: SceneSet; readonly scenes: readonly FoundScene[] },
  { method = defaultBoxMethod, layer, confidence, count, curves, seed }: MeasureBoxesOptions,
  onBox: (box: MeasuredBox) => void = () => undefined,
): Promise<readonly MeasuredBox[]> {
  const chosen = chooseBoxes(scenes, judgeScenes(scenes, set.classes.length), { confidence, count, seed });
  if (chosen.length === 0) return [];
  const { runtime } = platform;
  const methods = methodNames(method).map((name): BoxMethod => {
    const options = { method: name, seed: seedOf(seed), runtime, ...(layer === "auto" ? {} : { layer }) };
    return { name, explainer: createBoxExplainer(named.model, options) };
  });
  const measured: MeasuredBox[] = [];
  try {
    await job.each(
      { what: "measuring maps", total: chosen.length },
      () => measureMaps(named.model, set, chosen, methods, { runtime, curves, seed, signal: job.signal }),
      (box) => {
        measured.push(box);
        onBox(box);
      },
    );
  } finally {
    await closeAll(methods.map(({ explainer }) => explainer));
  }
  return measured;
}

/** Methods that draw take numbers; a text that is none stands for 0. */
function seedOf(text: string): number {
  const seed = Number(text);
  return Number.isSafeInteger(seed) && seed >= 0 ? seed : 0;
}

/** @throws FoveaError `unknown-name` */
function methodNames(text: string): string[] {
  return [...new Set(text.split(",").map((name) => boxMethod(name.trim()).name))];
}
