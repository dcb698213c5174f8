/** @file The classes of a segmented picture, where nobody says which are explained: those that are there. */

import type { LoadedModel } from "../../explain/loaded-model.js";
import { floats } from "../../onnx/tensor.js";
import { readInput } from "../inputs/read-input.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { type Plan, planForClasses } from "./plan.js";

/** The least share of the image that counts, and how many classes a figure shows at most. */
const [leastShare, mostClasses] = [0.005, 8];

/**
 * The plan for the classes with a share of the only picture; the plan itself for several pictures, for classes that are given, and for
 * models whose scores have no shares.
 */
export async function withPresentClasses(model: LoadedModel, plan: Plan, flags: ExplainFlags): Promise<Plan> {
  const [source] = plan.inputs;
  const isOpen = plan.drawing.classes.every((text) => text === "predicted");
  if (model.shareOf === undefined || !isOpen || plan.many || source === undefined || source.error) return plan;
  const { input } = await readInput(model, source.path, source.bytes);
  const classifier = model.classifier();
  try {
    const shares = floats(await classifier.classify(input));
    const present = shares.filter((share) => share >= leastShare).length;
    return planForClasses(plan, [`top-${Math.min(mostClasses, Math.max(1, present))}`], flags);
  } finally {
    await classifier.close();
  }
}
