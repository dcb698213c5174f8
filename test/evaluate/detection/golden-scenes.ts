/** @file Random boxes with pycocotools' numbers: see test/reference/coco_ap.py. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SceneObject } from "../../../src/data/scenes/scene-set.js";
import type { DetectedScene, FoundBox } from "../../../src/evaluate/detection/detected-scene.js";

interface GoldenClass {
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly ar100: number;
  readonly precisions: readonly number[];
}

interface Golden {
  readonly scenes: number;
  readonly classes: number;
  /** Scene, class, x, y, width, height, area, whether it is a crowd. */
  readonly objects: readonly (readonly number[])[];
  /** Scene, class, x, y, width, height, score. */
  readonly found: readonly (readonly number[])[];
  readonly stats: readonly number[];
  readonly perClass: readonly GoldenClass[];
}

const path = fileURLToPath(new URL("../../fixtures/detection/coco-ap.json", import.meta.url));

export const goldens: readonly Golden[] = JSON.parse(readFileSync(path, "utf8"));

export const classNames = (count: number) => Array.from({ length: count }, (_, k) => `class ${k}`);

export function scenesOf({ scenes, objects, found }: Golden): DetectedScene[] {
  return Array.from({ length: scenes }, (_, scene) => ({
    objects: objects
      .filter(([of]) => of === scene)
      .map(([, classIndex = 0, x = 0, y = 0, width = 0, height = 0, area = 0, crowd]): SceneObject => {
        return { classIndex, box: { x, y, width, height }, area, ignored: crowd === 1 };
      }),
    found: found
      .filter(([of]) => of === scene)
      .map(([, classIndex = 0, x = 0, y = 0, width = 0, height = 0, score = 0]): FoundBox => {
        return { classIndex, box: { x, y, width, height }, score };
      }),
  }));
}
