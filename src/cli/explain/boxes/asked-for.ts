/** @file Whether a run of `fovea explain` is about boxes. */

import { FoveaError } from "../../../foundation/error.js";
import type { Model } from "../../../model/model.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { givenTargets } from "../../options/target-options.js";

/** Options that say something of maps of classes alone. */
const ofClasses = [
  "fuse",
  "augment",
  "eigenSmooth",
  "topChannels",
  "trust",
  "agreement",
  "check",
  "showSteps",
  "stepsTo",
  "signed",
] as const;

/**
 * Whether boxes are explained: those of a detector of which nothing else is asked for.
 * @throws FoveaError `bad-input` for options that contradict that
 */
export function explainsBoxes({ task }: Model, flags: ExplainFlags): boolean {
  const asked = (["box", "conf", "iou"] as const)
    .filter((name) => flags[name] !== undefined)
    .map((name) => `--${name}`);
  const targets = [...givenTargets(flags).map(({ name }) => name), ...(flags.output === undefined ? [] : ["--output"])];
  const [first] = asked;
  if (first !== undefined && targets.length > 0)
    throw new FoveaError(
      "bad-input",
      `${[...asked, ...targets].join(" and ")}: expected one of them: ${first} is about boxes`,
    );
  if (first !== undefined && task.name !== "detection")
    throw new FoveaError(
      "bad-input",
      `${first}: expected a detector, got a model for ${task.name} (--task detection, if it is one)`,
    );
  if (task.name !== "detection" || targets.length > 0) return false;
  const [other] = ofClasses.filter((name) => flags[name] !== undefined && flags[name] !== false);
  if (other === undefined && flags.method !== "all") return true;
  const flag =
    other === undefined ? "--method all" : `--${other.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new FoveaError(
    "bad-input",
    `${flag}: expected none with boxes: it is about maps of classes (--task classification)`,
  );
}
