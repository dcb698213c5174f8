/** @file All methods by name. */

import { unknownName } from "../../error.js";
import type { CamMethod } from "../method.js";
import { gradCam } from "./grad-cam.js";

export const methods: readonly CamMethod[] = [gradCam];

/** @throws FoveaError `unknown-name` */
export function methodNamed(name: string): CamMethod {
  const found = methods.find((method) => method.name === name);
  if (found) return found;
  throw unknownName(
    "method",
    name,
    methods.map((method) => method.name),
  );
}
