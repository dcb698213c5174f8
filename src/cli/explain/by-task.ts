/** @file What the task of a model changes in a run of `fovea explain`. */

import { FoveaError } from "../../foundation/error.js";
import type { MapTask } from "../../model/tasks/found-task.js";
import { missingOf } from "../../model/tasks/task-words.js";
import type { NamedModel } from "../inputs/models.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { givenTargets } from "../options/target-options.js";

/** Options that ask for an explanation where the output itself could be drawn. */
const ofExplanations = [
  ...(["methodGiven", "against", "fuse", "augment", "eigenSmooth", "topChannels", "samples", "baseline"] as const),
  ...(["trust", "check", "showSteps", "stepsTo", "signed"] as const),
];

/** The task of a model whose output is itself the map that is drawn; undefined where an explanation is asked for. */
export function drawnMap({ model }: NamedModel, flags: ExplainFlags): MapTask | undefined {
  const { task } = model;
  if (task.name !== "map" || flags.layer !== "auto" || flags.class.length > 0 || givenTargets(flags).length > 0)
    return undefined;
  return ofExplanations.some((name) => flags[name] !== undefined && flags[name] !== false) ? undefined : task;
}

/**
 * The options with what is usual for the model's task: a number is explained by what raises it and what lowers it.
 * @throws FoveaError `bad-input` where nothing can be explained without more
 */
export function flagsForTask({ path, model }: NamedModel, flags: ExplainFlags): ExplainFlags {
  const { task } = model;
  if (givenTargets(flags).length > 0) return flags;
  const missing = missingOf(task);
  const namesNumber = task.name === "embedding" && flags.class.some((text) => text !== "predicted");
  if (missing !== undefined && !namesNumber) throw new FoveaError("bad-input", `${path}: ${missing}`);
  return task.name === "regression" && !flags.against ? { ...flags, signed: flags.signed ?? true } : flags;
}
