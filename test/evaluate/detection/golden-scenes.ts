/** @file Random boxes with pycocotools' numbers: see test/reference/coco_ap.py. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SceneObject } from "../../../src/data/scenes/scene-set.js";
import type { DetectedScene, FoundBox } from "../../../src/evaluate/detection/detected-scene.js";
import type { ErrorKind } from "../../../src/evaluate/detection/error-kinds.js";

interface GoldenClass {
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly ar100: number;
  readonly precisions: readonly number[];
}

interface GoldenScenes {
  readonly scenes: number;
  readonly classes: number;
  /** Scene, class, x, y, width, height, area, whether it is a crowd. */
  readonly objects: readonly (readonly number[])[];
  /** Scene, class, x, y, width, height, score. */
  readonly found: readonly (readonly number[])[];
}

interface Golden extends GoldenScenes {
  readonly stats: readonly number[];
  readonly perClass: readonly GoldenClass[];
}

interface ErrorGolden extends GoldenScenes {
  readonly ap50: number;
  readonly counts: Readonly<Record<ErrorKind, number>>;
  readonly gains: Readonly<Record<ErrorKind, number>>;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

const textOf = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/detection/${name}.json`, import.meta.url)), "utf8");

export const goldens: readonly Golden[] = JSON.parse(textOf("coco-ap"));

/** TIDE's numbers: see test/reference/tide.py. */
export const errorGoldens: readonly ErrorGolden[] = JSON.parse(textOf("tide"));

export const classNames = (count: number) => Array.from({ length: count }, (_, k) => `class ${k}`);

export function scenesOf({ scenes, objects, found }: GoldenScenes): DetectedScene[] {
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
