/** @file How a model holds under attack, out of what single images of a report said. */

import type { Attack } from "../../evaluate/attack/attack.js";
import { type AttackOutcome, summariseAttack } from "../../evaluate/attack/attack-study.js";
import { at } from "../../foundation/present.js";
import type { AttackExample, RobustnessReport } from "../report-data.js";
import type { Encode } from "./draw.js";
import { showAttacks } from "./gallery/attack.js";
import type { ShownAttack } from "./gallery/shown.js";
import { reportClassOf } from "./gallery/subject.js";
import { byRank } from "./observe/sampled.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

export interface CollectRobustnessOptions {
  readonly attack: Attack;
  readonly encode: Encode;
  /** How many images, the first by a hash of their names. Default 200. */
  readonly count?: number;
  /** Sizes of the attacks, rising. Default 0.05, 0.1, 0.2, 0.3. */
  readonly sizes?: readonly number[];
  /** How many images to show. Default 4. */
  readonly examples?: number;
}

/** How a report attacks. */
export const attackPlan = { steps: 10, sizes: [0.05, 0.1, 0.2, 0.3], examples: 4, images: 200 } as const;

/** Measures for a report how maps change under attack: PGD with 10 steps of rising size. The model's classes must be those of the report, in any order. */
export async function collectRobustness(
  model: ReportedModel,
  images: ReportImages,
  options: CollectRobustnessOptions,
): Promise<RobustnessReport> {
  const { count = attackPlan.images, sizes = attackPlan.sizes, examples = attackPlan.examples } = options;
  const indices = byRank(images.ranks, count);
  const { attack, encode } = options;
  const { steps } = attackPlan;
  const shown = await showAttacks(model, images, indices, { attack, encode, sizes, steps, examples });
  return robustnessReport(model, shown, { indices, nameOf: images.nameOf, sizes, examples });
}

/** The images that were attacked, and how. */
export interface AttackedOn {
  readonly indices: readonly number[];
  nameOf(index: number): string | undefined;
  readonly sizes: readonly number[];
  readonly examples: number;
}

/** What many images say together. */
export function robustnessReport(
  model: Pick<ReportedModel, "classes">,
  shown: readonly ShownAttack[],
  { indices, nameOf, sizes, examples: most }: AttackedOn,
): RobustnessReport {
  const levels = sizes.map((eps, level) => {
    const outcomes = shown.map((each) => inReport(at(each.outcomes, level), model));
    return { eps, summary: summariseAttack(outcomes) };
  });
  const drawn = shown.flatMap(({ example }, i): AttackExample[] => {
    const index = at(indices, i);
    const name = nameOf(index);
    return example
      ? [{ index, ...(name === undefined ? {} : { name }), ...example, outcome: inReport(example.outcome, model) }]
      : [];
  });
  return { attack: `PGD with ${attackPlan.steps} steps`, levels, examples: drawn.slice(0, most) };
}

/** An outcome in the report's classes. */
function inReport(outcome: AttackOutcome, model: Pick<ReportedModel, "classes">): AttackOutcome {
  const classOf = (index: number) => reportClassOf(model, index);
  const { label, before, after } = outcome;
  return {
    ...outcome,
    label: classOf(label),
    before: { ...before, predicted: classOf(before.predicted) },
    after: { ...after, predicted: classOf(after.predicted) },
  };
}
