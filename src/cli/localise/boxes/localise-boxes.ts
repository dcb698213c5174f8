/** @file `fovea localise` of a detector: whether the map of each box lies on its own object, and whether the detector follows it. */

import type { SceneSet } from "../../../data/scenes/scene-set.js";
import type { FoundScene } from "../../../evaluate/detection/study/detect-scenes.js";
import type { MeasuredBox } from "../../../evaluate/detection/study/measure-maps.js";
import { summariseMaps } from "../../../evaluate/detection/study/summarise-maps.js";
import { FoveaError } from "../../../foundation/error.js";
import { counted } from "../../../foundation/words.js";
import { detectSet } from "../../evaluate/detection/detect-set.js";
import type { NamedModel } from "../../inputs/models.js";
import { assumptions } from "../../inputs/read-input.js";
import { scenesAt } from "../../inputs/scene-sets.js";
import type { Job } from "../../terminal/job.js";
import { printJson, printJsonLine } from "../../terminal/print.js";
import { measureBoxes } from "./measure-boxes.js";
import { printBoxMaps } from "./print-box-maps.js";

export interface LocaliseBoxesFlags {
  readonly method: string;
  /** Whether the user names a method. */
  readonly methodGiven?: boolean;
  readonly layer: string;
  readonly seed: string;
  readonly count: number;
  readonly curves: number;
  readonly conf?: number;
  readonly iou?: number;
}

/** As `fovea explain` finds boxes. */
const shownLimits = { confidence: 0.25, overlap: 0.45 } as const;

/** @returns the exit code */
export async function localiseBoxes(
  job: Job,
  named: NamedModel,
  data: string,
  flags: LocaliseBoxesFlags,
): Promise<number> {
  const { layer, seed, count, curves, conf, iou, methodGiven = false } = flags;
  const set = await scenesAt(job, data, { seed });
  const limits = { confidence: conf ?? shownLimits.confidence, overlap: iou ?? shownLimits.overlap };
  const scenes = await detectSet(job, named, set, limits);
  const method = methodGiven ? flags.method : undefined;
  const settings = { method, layer, confidence: limits.confidence, count, curves, seed };
  const measured = job.interrupted
    ? []
    : await measureBoxes(job, { named, set, scenes }, settings, (box) => job.record(described(set, box)));
  if (measured.length === 0 && !job.interrupted) throw noBox(set, scenes, limits.confidence);
  const maps = summariseMaps(measured);
  if (measured.length > 0) {
    const head = { model: named.path, data: set.source, ...limits, layer, seed, boxes: measured.length, maps };
    if (job.format === "jsonl") printJsonLine({ summary: head });
    else if (job.format === "json") printJson({ ...head, measured: job.records, failures: job.failures });
    else {
      const notes = [...named.model.notes, ...assumptions(named.model)];
      printBoxMaps(named, { maps, boxes: measured.length, source: set.source, notes });
    }
  }
  return job.end({
    failed: `of ${set.count} pictures skipped`,
    stopped: `fovea: stopped after ${measured.length} boxes`,
    nothing: measured.length === 0,
  });
}

function noBox({ name }: SceneSet, scenes: readonly FoundScene[], confidence: number): FoveaError {
  const found = scenes.reduce((sum, scene) => sum + scene.found.length, 0);
  const expected = `expected some with a score of ${confidence} or more that are objects`;
  return new FoveaError("bad-input", `${name}: boxes: ${expected}, got none among ${counted(found, "box", "boxes")}`);
}

/** Plain data for programs. */
function described(set: SceneSet, { chosen: { scene, found, object }, maps }: MeasuredBox) {
  const { classIndex, score, box } = found;
  const image = set.nameOf(scene.index);
  return { image, class: set.classes[classIndex], score, box, object: object.box, maps: Object.fromEntries(maps) };
}
