/** @file `fovea.json`: class names and parts of the preprocessing, as Fovea calls them. */

import { isObject, type Json, show } from "../../../formats/json.js";
import { FoveaError } from "../../../foundation/error.js";
import { classesIn } from "../../labels/from-value.js";
import type { SettingsReader } from "./reader.js";

/** @throws FoveaError `bad-file` for class names that are none */
function read({ classes, preprocessing }: Json, where: string) {
  const names = classesIn(classes);
  if (classes !== undefined && names === undefined)
    throw new FoveaError(
      "bad-file",
      `${where}: class names: expected a list of texts, got ${show(classes).slice(0, 60)}`,
    );
  return { ...(names ? { classes: names } : {}), ...(isObject(preprocessing) ? { preprocessing } : {}) };
}

export const own: SettingsReader = { file: "fovea.json", read };
