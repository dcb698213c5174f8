/** @file `fovea.json`: class names and parts of the preprocessing, as Fovea calls them. */

import { type Json, show } from "../../../formats/json.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { classesIn } from "../../labels/from-value.js";
import type { SettingsReader } from "./reader.js";

/** The parts that are numbers for each channel. */
const lists = ["mean", "std", "padding"] as const;

/** @throws FoveaError `bad-file` for class names that are none, and for values of channels that are no numbers */
function read({ classes, preprocessing }: Json, where: string) {
  const names = classesIn(classes);
  if (classes !== undefined && names === undefined)
    throw new FoveaError(
      "bad-file",
      `${where}: class names: expected a list of texts, got ${show(classes).slice(0, 60)}`,
    );
  if (!isObject(preprocessing)) return names ? { classes: names } : {};
  const wrong = lists.find((name) => preprocessing[name] !== undefined && !areNumbers(preprocessing[name]));
  if (wrong === undefined) return { ...(names ? { classes: names } : {}), preprocessing };
  const got = show(preprocessing[wrong]);
  throw new FoveaError("bad-file", `${where}: preprocessing: ${wrong}: expected a list of numbers, got ${got}`);
}

function areNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

export const own: SettingsReader = { file: "fovea.json", read };
