/** @file The methods of boxes: those of classes, and D-RISE. */

import type { CamMethod, PassMethod } from "../method.js";
import { methodNamed } from "../methods/index.js";
import { riseWith } from "../methods/rise.js";

/**
 * Of boxes: RISE with finer masks, weighted by how well the best box of the masked image holds the explained one (see `similarBoxes`).
 * Petsiuk et al., "Black-box Explanation of Object Detectors via Saliency Maps", CVPR 2021: 16 x 16 cells, of which half are visible.
 * They take 5,000 masks; the default is less.
 */
export const dRise: PassMethod = {
  ...riseWith({ cells: 16 }),
  name: "d-rise",
  title: "D-RISE",
  aliases: ["drise"],
  paper: "Petsiuk et al., CVPR 2021",
  samples: 1000,
};

/** Whether a text names the method that is for boxes alone. */
export function namesDRise(text: string): boolean {
  return /^d[-_ ]?rise$/i.test(text);
}

/** @throws FoveaError `unknown-name` for a method that there is not */
export function boxMethod(choice: string | CamMethod): CamMethod {
  if (typeof choice !== "string") return choice;
  return namesDRise(choice) ? dRise : methodNamed(choice);
}
