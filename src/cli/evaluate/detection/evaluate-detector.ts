/** @file `fovea evaluate` of a detector: average precision, and its errors by kind. */

import type { SceneSet } from "../../../data/scenes/scene-set.js";
import {
  type DetectionEvaluation,
  errorsOfKind,
  evaluateDetections,
} from "../../../evaluate/detection/evaluate-detections.js";
import type { FoundScene } from "../../../evaluate/detection/study/detect-scenes.js";
import { at } from "../../../foundation/present.js";
import type { NamedModel } from "../../inputs/models.js";
import { assumptions, describedRecipe } from "../../inputs/read-input.js";
import { scenesAt } from "../../inputs/scene-sets.js";
import type { Job } from "../../terminal/job.js";
import { printJson } from "../../terminal/print.js";
import { type DetectorFlags, usualLimits } from "../evaluate-flags.js";
import { detectSet } from "./detect-set.js";
import type { ListedError } from "./listed-error.js";
import { printDetection } from "./print-detection.js";

/** @returns the exit code */
export async function evaluateDetector(
  job: Job,
  named: NamedModel,
  data: string,
  { seed, errors, conf, iou }: DetectorFlags,
): Promise<number> {
  const set = await scenesAt(job, data, { seed });
  const limits = { confidence: conf ?? usualLimits.confidence, overlap: iou ?? usualLimits.overlap };
  const scenes = await detectSet(job, named, set, limits);
  if (scenes.length > 0) {
    const evaluation = evaluateDetections(scenes, set.classes);
    const listed = errorLists(evaluation, scenes, set, errors);
    if (job.format === "json") {
      const { shown: _, ...figures } = evaluation;
      const head = { model: named.path, data: set.source, ...describedRecipe(named.model), ...limits };
      printJson({ ...head, ...figures, surest: listed, failures: job.failures });
    } else {
      const notes = [...named.model.notes, ...assumptions(named.model)];
      printDetection(named, { evaluation, listed, limits, notes, source: set.source });
    }
  }
  return job.end({
    failed: `of ${set.count} pictures skipped`,
    stopped: `fovea: stopped after ${scenes.length} of ${set.count} pictures`,
    nothing: scenes.length === 0,
  });
}

/** The first errors of each kind, the surest first. */
function errorLists(
  evaluation: DetectionEvaluation,
  scenes: readonly FoundScene[],
  { classes, nameOf }: SceneSet,
  most: number,
): ListedError[] {
  const nameOfClass = (index: number) => classes[index] ?? String(index);
  return evaluation.errors.kinds.flatMap(({ kind }) =>
    errorsOfKind(evaluation.shown, kind)
      .slice(0, most)
      .map(
        ({ scene, found, object, overlap }): ListedError => ({
          kind,
          image: nameOf(at(scenes, scene).index),
          overlap,
          ...(found ? { found: { class: nameOfClass(found.classIndex), score: found.score, box: found.box } } : {}),
          ...(object ? { object: { class: nameOfClass(object.classIndex), box: object.box } } : {}),
        }),
      ),
  );
}
