/** @file Which boxes of a set are explained and measured. */

import type { SceneObject } from "../../../data/scenes/scene-set.js";
import { at } from "../../../foundation/present.js";
import { permutation, random } from "../../../foundation/random.js";
import type { JudgedScene } from "../error-kinds.js";
import type { FoundScene, SetBox } from "./detect-scenes.js";

/** A box that is an object, with its scene. */
export interface ChosenBox {
  readonly scene: FoundScene;
  readonly found: SetBox;
  readonly object: SceneObject;
}

export interface ChooseBoxesOptions {
  /** Lowest score. */
  readonly confidence: number;
  /** How many, at most. */
  readonly count: number;
  readonly seed: number | string;
}

/**
 * Correct boxes of a set, drawn at random from all of them, in the order of the set.
 * @param judged of each scene
 */
export function chooseBoxes(
  scenes: readonly FoundScene[],
  judged: readonly JudgedScene[],
  { confidence, count, seed }: ChooseBoxesOptions,
): ChosenBox[] {
  const all = scenes.flatMap((scene, i): ChosenBox[] => {
    const objectOf = new Map(at(judged, i).correct.map(({ found, object }) => [found, object]));
    return scene.found.flatMap((found) => {
      const object = objectOf.get(found);
      return object && found.score >= confidence ? [{ scene, found, object }] : [];
    });
  });
  const order = permutation(all.length, random(seed).fork("boxes")).slice(0, count).sort();
  return Array.from(order, (i) => at(all, i));
}
