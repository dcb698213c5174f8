/** @file What the task of a model changes in a run of `fovea explain`. */

import { FoveaError } from "../../foundation/error.js";
import type { MapTask } from "../../model/tasks/found-task.js";
import { missingOf } from "../../model/tasks/task-words.js";
import type { NamedModel } from "../inputs/models.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { givenTargets } from "../options/target-options.js";

/** Options that ask for an explanation where the output itself could be drawn. */
const ofExplanations = [
  ...([
    "methodGiven",
    "against",
    "fuse",
    "augment",
    "eigenSmooth",
    "topChannels",
    "samples",
    "superpixels",
    "noise",
    "baseline",
  ] as const),
  ...(["trust", "agreement", "check", "showSteps", "stepsTo", "signed"] as const),
];

/** The task of a model whose output is itself the map that is drawn; undefined where an explanation is asked for. */
export function drawnMap({ model }: NamedModel, flags: ExplainFlags): MapTask | undefined {
  const { task } = model;
  if (task.name !== "map" || flags.layer !== "auto" || flags.class.length > 0 || givenTargets(flags).length > 0)
    return undefined;
  return ofExplanations.some((name) => flags[name] !== undefined && flags[name] !== false) ? undefined : task;
}

/**
 * Whether the components of a layer are drawn: where the user asks for them, and of an embedding where nothing is asked for.
 * @throws FoveaError `bad-input` where an explanation is asked for as well
 */
export function drawsComponents({ model }: NamedModel, flags: ExplainFlags): boolean {
  const given = ofExplanations.filter((name) => flags[name] !== undefined && flags[name] !== false);
  const asksForScore = flags.class.length > 0 || givenTargets(flags).length > 0;
  if (!flags.components) return model.task.name === "embedding" && !asksForScore && given.length === 0;
  const [first] = [
    ...(flags.class.length > 0 ? ["class"] : []),
    ...givenTargets(flags).map(({ name }) => name.slice(2)),
    ...given,
  ];
  if (first === undefined) return true;
  const name = first === "methodGiven" ? "method" : first.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new FoveaError("bad-input", `--components: expected no --${name}: components of a layer are those of no score`);
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
