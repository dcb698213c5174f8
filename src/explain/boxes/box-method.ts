/** @file The methods of boxes: those of classes, SSGrad-CAM and D-RISE. */

import { plainSpelling } from "../../foundation/words.js";
import type { CamMethod, PassMethod } from "../method.js";
import { methodNamed, spellingsOf } from "../methods/index.js";
import { riseWith } from "../methods/rise.js";
import { ssGradCam, ssGradCamPlusPlus } from "./ss-grad-cam.js";

/**
 * Of boxes: RISE with finer masks, weighted by how well the best box of the masked image holds the explained one (see `similarBoxes`).
 * Petsiuk et al., "Black-box Explanation of Object Detectors via Saliency Maps", CVPR 2021: 16 x 16 cells, of which half are visible,
 * for inputs of 256 pixels and more (see `dRiseFor`). They take 5,000 masks; the default is less.
 */
export const dRise: PassMethod = {
  ...riseWith({ cells: 16 }),
  name: "d-rise",
  title: "D-RISE",
  aliases: ["drise"],
  paper: "Petsiuk et al., CVPR 2021",
  samples: 1000,
};

/** Of an image, along each side; of cells that are hardly larger than lines a mask hides every object, so that hardly any box is left to compare. */
const [fewestCells, mostCells, smallestCell] = [4, 16, 16];

/** D-RISE for an input of a size: fewer cells than the paper's where they would be smaller than 16 pixels. */
export function dRiseFor(sides: readonly number[]): PassMethod {
  const cells = Math.max(fewestCells, Math.min(mostCells, Math.round(Math.min(...sides) / smallestCell)));
  const { plan, mask, combine } = riseWith({ cells });
  return { ...dRise, plan, mask, combine };
}

/** The methods that are for boxes alone. */
export const boxMethods: readonly CamMethod[] = [ssGradCam, ssGradCamPlusPlus, dRise];

/** The method for boxes alone that a text names, in any spelling (see `methodNamed`); undefined for none. */
export function methodOfBoxes(text: string): CamMethod | undefined {
  const wanted = plainSpelling(text);
  return boxMethods.find((method) => spellingsOf(method).includes(wanted));
}

/** @throws FoveaError `unknown-name` for a method that there is not */
export function boxMethod(choice: string | CamMethod): CamMethod {
  return typeof choice === "string" ? (methodOfBoxes(choice) ?? methodNamed(choice)) : choice;
}
