/** @file D-RISE: maps of boxes from masked images alone, for detectors of any kind. */

import { checkPictures } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { withTarget } from "../../model/targets/target.js";
import { type DetectedBox, detectionOf } from "../../model/tasks/detection/detect.js";
import { similarBoxes } from "../../model/tasks/detection/similar-boxes.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { createExplainer } from "../explainer.js";
import type { RunOptions } from "../options.js";
import { boxMethod, dRise, dRiseFor } from "./box-method.js";
import type { BoxExplainerOptions, BoxMap } from "./box-options.js";
import { positivePart } from "./positive-part.js";

/** Whether the method compares boxes of masked images. */
export function samplesMasks({ method }: BoxExplainerOptions): boolean {
  return method !== undefined && boxMethod(method) === dRise;
}

/** All boxes from the same masks. */
export async function similarityMaps(
  model: Model,
  image: Tensor,
  boxes: readonly DetectedBox[],
  { runtime, against, samples, seed, ...how }: BoxExplainerOptions & RunOptions & { readonly runtime: Runtime },
): Promise<BoxMap[]> {
  if (boxes.length === 0) return [];
  const { layout } = detectionOf(model.task);
  const similar = await withTarget({ ...model, placeClasses: undefined }, similarBoxes(layout, boxes), runtime);
  const { height, width } = checkPictures(model);
  const method = dRiseFor([height, width].filter((side) => typeof side === "number"));
  const explainer = await createExplainer(similar, { runtime, method, against, samples, seed });
  try {
    const { progress, signal } = how;
    const explanation = await explainer.explain(image, { classes: boxes.map((_, i) => i), progress, signal });
    const { classes, ...found } = explanation.at(0);
    return boxes.map((box, i) => {
      const evidence = found.evidence(i);
      const layers = [explainer.layer];
      return { box, layers, score: classes[i]?.score ?? Number.NaN, evidence, map: positivePart(evidence) };
    });
  } finally {
    await explainer.close();
  }
}
