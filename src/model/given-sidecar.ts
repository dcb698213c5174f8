/** @file What the user says of a model. */

import type { Preprocessing } from "../image/input/preprocessing.js";
import type { Sidecar } from "./sidecar.js";

/** Undefined where that is nothing. */
export function givenSidecar(
  classes: readonly string[] | undefined,
  preprocessing: Partial<Preprocessing> | undefined,
): Sidecar | undefined {
  if (classes === undefined && preprocessing === undefined) return undefined;
  return { origin: "as given", ...(classes ? { classes } : {}), ...(preprocessing ? { preprocessing } : {}) };
}
