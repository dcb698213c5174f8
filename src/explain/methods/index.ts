/** @file All methods by name. */

import { itemNamed } from "../../error.js";
import type { CamMethod } from "../method.js";
import { eigenCam } from "./eigen-cam.js";
import { gradCam } from "./grad-cam.js";

export const methods: readonly CamMethod[] = [gradCam, eigenCam];

/** @throws FoveaError `unknown-name` */
export function methodNamed(name: string): CamMethod {
  return itemNamed("method", name, methods);
}
