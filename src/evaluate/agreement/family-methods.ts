/** @file The methods that speak for their families, made to be cheap, and the coarse grid on which their maps are compared. */

import type { CamMethod, FamilyName, PassMethod } from "../../explain/method.js";
import { ablationCam } from "../../explain/methods/ablation-cam.js";
import { gradCam } from "../../explain/methods/grad-cam.js";
import { hiresCam } from "../../explain/methods/hires-cam.js";
import { integratedGradients } from "../../explain/methods/integrated-gradients.js";
import { occlusion, occlusionWith } from "../../explain/methods/occlusion.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import type { Size } from "../trial/trial.js";

/** Cells along the shorter side of the input: the map of many networks' last layer has as many. */
const cellsAlong = 7;

/** Steps of integrated gradients. */
const steps = 8;
/** A gradient of the pixels takes as long as two to three inferences (docs/results.md), and each step has one. */
const inferencesOfStep = 3;

/** A method that speaks for its family. */
export interface FamilyMethod {
  readonly family: FamilyName;
  /** The first whose map is more than rounding speaks. */
  readonly methods: readonly CamMethod[];
  /** Of integrated gradients. */
  readonly samples?: number;
}

/**
 * Occlusion of two by two cells at a time, moved by one cell: the drop of the score, which goes on where the probability of a network that
 * is sure no longer moves.
 */
export const coarseOcclusion: PassMethod = {
  ...occlusion,
  measures: "score",
  plan(subject) {
    const cell = Math.max(1, Math.round(Math.min(...subject.sizes) / cellsAlong));
    return occlusionWith({ window: 2 * cell, stride: cell }).plan(subject);
  },
};

/**
 * One method for each of three families that have little in common: the features of a layer, exact for each place; the gradient of the
 * pixels; and the network itself with parts of the image hidden. Behind a normalisation over channels HiResCAM's terms cancel (see
 * `smallestLeft`), and Grad-CAM takes its place; where a network passes no gradient, Ablation-CAM of its most active channels.
 */
export const familyMethods: readonly FamilyMethod[] = [
  { family: "cam", methods: [hiresCam, gradCam, ablationCam] },
  { family: "pixels", methods: [integratedGradients], samples: steps },
  { family: "perturbation", methods: [coarseOcclusion] },
];

/** Columns and rows of the common grid of an input: 7 along its shorter side, cells as square as may be. */
export function commonGrid({ width, height }: Size): Size {
  const along = (length: number) => Math.max(1, Math.round((cellsAlong * length) / Math.min(width, height)));
  return { width: along(width), height: along(height) };
}

/** A map on the common grid: means of finer maps, weighed towards the middle of each cell, values between the places of coarser ones. */
export function onGrid(map: FloatMap, { width, height }: Size): FloatMap {
  return resizeMap(map, width, height, { antialias: true });
}

/** About how many inferences the three take for an image; hidden parts serve all classes. */
export function inferencesOf({ width, height }: Size, classes: number): number {
  return classes * (1 + inferencesOfStep * steps) + width * height + 1;
}
