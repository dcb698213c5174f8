/** @file Runs a detector over a set of scenes as a job. */

import type { SceneSet } from "../../../data/scenes/scene-set.js";
import { detectScenes, type FoundScene } from "../../../evaluate/detection/study/detect-scenes.js";
import { matchDetector } from "../../../evaluate/detection/study/match-model.js";
import { FoveaError, namedError } from "../../../foundation/error.js";
import { createDetector } from "../../../model/tasks/detection/detect.js";
import type { NamedModel } from "../../inputs/models.js";
import { platform } from "../../platform.js";
import type { Job } from "../../terminal/job.js";

export interface DetectSetOptions {
  readonly confidence: number;
  readonly overlap: number;
}

/**
 * The boxes of all scenes that can be read; the job is told of the others.
 * @throws FoveaError `bad-input` where classes don't match, or no scene can be read
 */
export async function detectSet(
  job: Job,
  named: NamedModel,
  set: SceneSet,
  { confidence, overlap }: DetectSetOptions,
): Promise<readonly FoundScene[]> {
  const classes = matchDetector(named.name, named.model, set);
  const detector = createDetector(named.model, { runtime: platform.runtime });
  const scenes: FoundScene[] = [];
  const failures: string[] = [];
  try {
    await job.each(
      { what: "finding boxes", total: set.count },
      () => detectScenes(detector, set, { classes, confidence, overlap, platform, signal: job.signal }),
      (found) => {
        if ("error" in found) failures.push(namedError(set.nameOf(found.index), found.error).message);
        else scenes.push(found);
      },
    );
  } finally {
    await detector.close();
  }
  const [first] = failures;
  if (first !== undefined && scenes.length === 0)
    throw new FoveaError("bad-input", `${set.name}: none of ${failures.length} pictures can be used: ${first}`);
  job.fail(...failures);
  return scenes;
}
