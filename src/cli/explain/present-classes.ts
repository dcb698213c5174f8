/** @file The classes of a run where nobody says which are explained, of models that tell several at once. */

import type { LoadedModel } from "../../explain/loaded-model.js";
import { floats } from "../../onnx/tensor.js";
import { readInput } from "../inputs/read-input.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { givenTargets } from "../options/target-options.js";
import { type Plan, planForClasses } from "./plan.js";

/** The least share of the image, or the least probability, from which on a class is there, and how many a figure shows at most. */
interface Presence {
  readonly least: number;
  readonly most: number;
}
const ofSegments: Presence = { least: 0.005, most: 8 };
const ofLabels: Presence = { least: 0.5, most: 20 };
/** How many numbers of a regression a figure shows. */
const mostNumbers = 8;

/**
 * The plan for the classes of the only picture that are there: of a segmentation those with a share of it, of several labels those with a
 * probability of 1/2 or more, else the likeliest. Of a regression the plan for its numbers. The plan itself for classes that are given, for
 * several pictures (of no regression), and for other models.
 */
export async function withPresentClasses(model: LoadedModel, plan: Plan, flags: ExplainFlags): Promise<Plan> {
  const [source] = plan.inputs;
  const isOpen = plan.drawing.classes.every((text) => text === "predicted");
  if (!isOpen || givenTargets(flags).length > 0) return plan;
  const { name } = model.task;
  if (name === "regression") return planForNumbers(model, plan, flags);
  const presence = model.shareOf !== undefined ? ofSegments : name === "multi-label" ? ofLabels : undefined;
  if (presence === undefined || plan.many || source === undefined || source.error) return plan;
  const { input } = await readInput(model, source);
  const classifier = model.classifier();
  try {
    const shares = floats(await classifier.classify(input));
    const present = shares.filter((share) => share >= presence.least).length;
    return planForClasses(plan, [`top-${Math.min(presence.most, Math.max(1, present))}`], flags);
  } finally {
    await classifier.close();
  }
}

function planForNumbers({ classCount = 1 }: LoadedModel, plan: Plan, flags: ExplainFlags): Plan {
  if (classCount === 1) return plan;
  const indices = Array.from({ length: Math.min(classCount, mostNumbers) }, (_, i) => String(i));
  return planForClasses(plan, indices, flags);
}
