/** @file The user's settings of a model. */

import type { Preprocessing } from "../image/input/preprocessing.js";
import type { Sidecar } from "./settings/sidecar.js";

/** The user's settings; undefined without any. */
export function givenSidecar(
  classes: readonly string[] | undefined,
  preprocessing: Partial<Preprocessing> | undefined,
): Sidecar | undefined {
  if (classes === undefined && preprocessing === undefined) return undefined;
  return { origin: "as given", ...(classes ? { classes } : {}), ...(preprocessing ? { preprocessing } : {}) };
}
