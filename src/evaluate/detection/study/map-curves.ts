/** @file Whether a detector follows the map of a box: how its score changes as pixels are taken or given in the map's order. */

import type { FloatMap } from "../../../image/map/heatmap.js";
import { resizeMap } from "../../../image/picture/resize.js";
import type { Model } from "../../../model/model.js";
import { singleImages } from "../../../model/run/batches.js";
import { withTarget } from "../../../model/targets/target.js";
import { type DetectedBox, detectionOf } from "../../../model/tasks/detection/detect.js";
import { similarBoxes } from "../../../model/tasks/detection/similar-boxes.js";
import type { Tensor } from "../../../onnx/tensor.js";
import type { Runtime } from "../../../runtime/session.js";
import { curveSteps, perturbationCurve, pixelOrder } from "../../trial/perturbation-curve.js";
import { createPerturbedModel } from "../../trial/perturbed-model.js";
import { scaledArea } from "../../trial/scale.js";
import type { PerturbedModel } from "../../trial/trial.js";
import { inputSizeOf } from "./place-boxes.js";

/** Areas under the curves; undefined where an empty image has nearly as good a box. */
export interface MapCurves {
  /** The lower the better. */
  readonly deletion: number | undefined;
  /** The higher the better. */
  readonly insertion: number | undefined;
}

/** What the curves ask of a box, in words. */
export const needsBoxRise = "a box that the image makes at least 0.1 surer than an empty one does";

/** The boxes of an image, whose scores are followed. */
export interface BoxCurves {
  /** @param map of the box of that number, of any size, over the input */
  measure(number: number, map: FloatMap, seed: number | string): Promise<MapCurves>;
  close(): Promise<void>;
}

/**
 * Follows the scores of boxes of one image. The score of a box in a changed image is that of the box which holds it best: the largest intersection
 * over union times the score of the same class (`similarBoxes`). Deletion and insertion are otherwise those of class maps (Petsiuk et al., BMVC 2018;
 * for boxes Petsiuk et al., CVPR 2021, and Zhao and Chan, ICLR 2023, section 4.2): black in the place of what is taken, a blur in that of what is not
 * yet given, on a scale from the empty image to the whole one.
 * @param image the model's input, float32 [1, ...]
 */
export async function openBoxCurves(
  model: Model,
  image: Tensor,
  boxes: readonly DetectedBox[],
  { runtime, steps = curveSteps }: { readonly runtime: Runtime; readonly steps?: number | undefined },
): Promise<BoxCurves> {
  const { layout } = detectionOf(model.task);
  const similar = similarBoxes(layout, boxes);
  const target = { ...similar, shares: { of: "of the best box", build: similar.build } };
  const perturbed = createPerturbedModel(await withTarget({ ...model, placeClasses: undefined }, target, runtime), {
    runtime,
  });
  const network = oneByOne(perturbed);
  const size = inputSizeOf(model);
  return {
    async measure(number, map, seed) {
      const order = pixelOrder(resizeMap(map, size.width, size.height), seed);
      const trial = { network, image, target: number };
      const deleted = await perturbationCurve(trial, order, { keep: 0, replacement: "zero", steps });
      const inserted = await perturbationCurve(trial, order, { keep: 1, replacement: "blur", steps });
      return { deletion: scaledArea(deleted, 0), insertion: scaledArea(inserted, 1) };
    },
    close: () => perturbed.close(),
  };
}

/** A layout of boxes reads the first image of a batch alone. */
function oneByOne(network: PerturbedModel): PerturbedModel {
  return {
    ...network,
    async probabilities(images, target) {
      const all: number[] = [];
      for (const image of singleImages(images)) all.push(...(await network.probabilities(image, target)));
      return Float32Array.from(all);
    },
  };
}
