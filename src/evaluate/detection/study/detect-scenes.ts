/** @file Finds the boxes of all scenes of a set. */

import type { Scene, SceneSet } from "../../../data/scenes/scene-set.js";
import { FoveaError } from "../../../foundation/error.js";
import { mapAhead } from "../../../foundation/map-ahead.js";
import type { Model } from "../../../model/model.js";
import type { Platform } from "../../../model/platform.js";
import { prepareInput } from "../../../model/run/read-image.js";
import type { DetectedBox, Detector } from "../../../model/tasks/detection/detect.js";
import { boxOnPicture } from "../../../model/tasks/detection/on-picture.js";
import type { DetectedScene, FoundBox } from "../detected-scene.js";
import { inputSizeOf } from "./place-boxes.js";

/** A found box, with what the detector says of it. */
export interface SetBox extends FoundBox {
  readonly detected: DetectedBox;
}

/** A scene that was looked at; without its picture, which is read again where it is needed. */
export interface FoundScene extends DetectedScene {
  /** Its number in the set. */
  readonly index: number;
  /** Sides of the picture. */
  readonly width: number;
  readonly height: number;
  readonly found: readonly SetBox[];
}

/** A scene that could not be read. */
export interface UnreadScene {
  readonly index: number;
  readonly error: FoveaError;
}

export interface DetectScenesOptions {
  /** For each class of the model its index in the set (see `matchDetector`). */
  readonly classes: readonly number[];
  /** Lowest score that is taken. */
  readonly confidence: number;
  /** Overlap from which on the surer of two boxes suppresses the other. */
  readonly overlap: number;
  /** Which scenes. Default all. */
  readonly count?: number | undefined;
  readonly platform: Platform;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures that are read while others are looked at. */
const ahead = 2;

/**
 * Finds boxes scene by scene, in order. Boxes lie in the picture's pixels, cut off at its edges; those of classes that the set does not have are
 * left out.
 * @throws the reason of the signal's abort
 */
export async function* detectScenes(
  detector: Detector,
  set: SceneSet,
  { classes, confidence, overlap, count = set.count, platform, signal }: DetectScenesOptions,
): AsyncGenerator<FoundScene | UnreadScene> {
  const indices = Array.from({ length: Math.min(count, set.count) }, (_, index) => index);
  for await (const read of mapAhead(indices, ahead, (index) => readScene(set, index))) {
    signal?.throwIfAborted();
    if ("error" in read) {
      yield read;
      continue;
    }
    const { index, scene } = read;
    try {
      const found = await findBoxes(detector, scene, platform, { confidence, overlap });
      const { width, height } = scene.picture;
      const ofSet = found.flatMap(({ box, detected }): SetBox[] => {
        const classIndex = classes[detected.classIndex] ?? -1;
        return classIndex < 0 ? [] : [{ classIndex, score: detected.score, box, detected }];
      });
      yield { index, width, height, objects: scene.objects, found: ofSet };
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      yield { index, error };
    }
  }
}

async function readScene(
  set: SceneSet,
  index: number,
): Promise<{ readonly index: number; readonly scene: Scene } | UnreadScene> {
  try {
    return { index, scene: await set.read(index) };
  } catch (error) {
    if (error instanceof FoveaError) return { index, error };
    throw error;
  }
}

async function findBoxes(
  detector: Detector,
  { picture }: Scene,
  { runtime }: Platform,
  limits: { readonly confidence: number; readonly overlap: number },
) {
  const model: Model = detector.model;
  const { input, box: seen } = await prepareInput(model, picture, runtime);
  const size = inputSizeOf(model);
  const found = await detector.detect(input, limits);
  return found.map((detected) => ({ detected, box: boxOnPicture(detected, seen, size, picture) }));
}
