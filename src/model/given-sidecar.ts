/** @file The user's settings of a model. */

import type { Preprocessing } from "../image/input/preprocessing.js";
import type { Labels } from "./labels/labels.js";
import type { Sidecar } from "./settings/sidecar.js";

/**
 * The user's settings; undefined without any.
 * @param labels class names, or the readings of a file with them
 */
export function givenSidecar(
  labels: readonly string[] | readonly Labels[] | undefined,
  preprocessing: Partial<Preprocessing> | undefined,
): Sidecar | undefined {
  if (labels === undefined && preprocessing === undefined) return undefined;
  const origin = "as given";
  return {
    origin,
    ...(labels === undefined
      ? {}
      : areNames(labels)
        ? { classes: labels }
        : { labelFiles: [{ origin, readings: labels }] }),
    ...(preprocessing ? { preprocessing } : {}),
  };
}

function areNames(labels: readonly string[] | readonly Labels[]): labels is readonly string[] {
  return labels.every((each) => typeof each === "string");
}
