/** @file Measures a network that was trained on scenes, on scenes that it has not seen. */

import { drawScenes } from "../../data/scenes/draw-scenes.js";
import { evaluateDetections } from "../../evaluate/detection/evaluate-detections.js";
import { evaluateSegmenter } from "../../evaluate/segmentation/evaluate-segmenter.js";
import { loadModel } from "../../explain/node.js";
import { percent } from "../../foundation/words.js";
import { detectSet } from "../evaluate/detection/detect-set.js";
import { usualLimits } from "../evaluate/evaluate-flags.js";
import { platform, runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { measureTexts } from "./measure-texts.js";

/** Scenes of the test. */
export const testCount = 200;

/** The figures of a test by name, 0 to 1; null where there is nothing to measure. */
export type SceneFigures = Readonly<Record<string, number | null>>;

/** @param seed of the training, whose scenes to test on are others than those to learn from */
export async function measureOnScenes(job: Job, model: Uint8Array, name: string, seed: number): Promise<SceneFigures> {
  const scenes = drawScenes({ seed, count: testCount });
  const loaded = await loadModel(model, { platform, name });
  const { task } = loaded;
  if (task.name === "image-text") return measureTexts(job, model, name, seed);
  if (task.name === "segmentation") {
    const { meanIou, accuracy } = await job.stage("testing", (progress) =>
      evaluateSegmenter(loaded, task, scenes, { runtime, progress }),
    );
    return { "mean IoU": meanIou, pixels: accuracy };
  }
  const found = await detectSet(job, { name, path: name, file: name, model: loaded }, scenes, usualLimits);
  const { ap, ap50, ap75 } = evaluateDetections(found, scenes.classes).overall;
  return { AP: ap, AP50: ap50, AP75: ap75 };
}

/** As one line. */
export function figuresInWords(figures: SceneFigures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value === null ? "-" : percent(value, 1)}`)
    .join(", ");
}
