/** @file All methods by name. */

import { itemNamed } from "../../error.js";
import type { CamMethod } from "../method.js";
import { ablationCam } from "./ablation-cam.js";
import { eigenCam } from "./eigen-cam.js";
import { gradCam } from "./grad-cam.js";
import { isCam } from "./is-cam.js";
import { occlusion } from "./occlusion.js";
import { rise } from "./rise.js";
import { scoreCam } from "./score-cam.js";
import { ssCam } from "./ss-cam.js";

export const methods: readonly CamMethod[] = [gradCam, eigenCam, scoreCam, ssCam, isCam, ablationCam, occlusion, rise];

/** @throws FoveaError `unknown-name` */
export function methodNamed(name: string): CamMethod {
  return itemNamed("method", name, methods);
}
