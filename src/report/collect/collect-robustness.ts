/** @file Attacks a model on the images of a report, and gathers what is shown of that. */

import type { Attack } from "../../evaluate/attack/attack.js";
import { type AttackOutcome, attackImages, summariseAttack } from "../../evaluate/attack/attack-study.js";
import { perturbationOf, picturesOf } from "../../evaluate/trial/input-pixels.js";
import { mapOf } from "../../explain/maps.js";
import { commonPeak } from "../../image/map/heatmap.js";
import type { Picture as Pixels } from "../../image/picture/picture.js";
import { joined } from "../../model/run/batches.js";
import type { AttackExample, RobustnessReport } from "../report-data.js";
import { type Encode, type Ground, overlaid, plain, whole } from "./draw.js";
import { batchFor } from "./observe/observe.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

export interface CollectRobustnessOptions {
  readonly attack: Attack;
  readonly encode: Encode;
  /** How many images, from the first on. Default 200. */
  readonly count?: number;
  /** Sizes of the attacks, rising. Default 0.05, 0.1, 0.2, 0.3. */
  readonly sizes?: readonly number[];
  /** How many images to show. Default 4. */
  readonly examples?: number;
}

const steps = 10;

/** PGD with 10 steps of rising size, on the first images. The model's classes must be those of the report, in any order. */
export async function collectRobustness(
  { explainer, classes }: ReportedModel,
  images: ReportImages,
  options: CollectRobustnessOptions,
): Promise<RobustnessReport> {
  const { attack, encode, count: most = 200, sizes = [0.05, 0.1, 0.2, 0.3], examples: shownMost = 4 } = options;
  const total = Math.min(most, images.count);
  const batch = batchFor(explainer);
  const outcomes = sizes.map((): AttackOutcome[] => []);
  const examples: AttackExample[] = [];
  for (let first = 0; first < total; first += batch) {
    const indices = Array.from({ length: Math.min(batch, total - first) }, (_, i) => first + i);
    const seen = await Promise.all(indices.map((index) => images.read(explainer.model, index)));
    const input = joined(seen.map((image) => image.input));
    const truth = indices.map((index) => images.labels[index] as number);
    const labels = truth.map((label) => classes?.indexOf(label) ?? label);
    const shown = new Set(examples.map(({ index }) => index));
    for (const [level, eps] of sizes.entries()) {
      const found = await attackImages(explainer, attack, input, { eps, steps, labels });
      const attacked = { ...found, outcomes: found.outcomes.map((outcome) => inReport(outcome, classes)) };
      outcomes[level]?.push(...attacked.outcomes);
      const fresh = attacked.outcomes.flatMap(({ correct, flipped }, i) =>
        correct && flipped && !shown.has(first + i) ? [i] : [],
      );
      if (fresh.length === 0 || examples.length >= shownMost) continue;
      const now = await explainer.explain(attacked.images);
      const [before, after] = [input, attacked.images].map((tensor) => picturesOf(explainer.model, tensor));
      for (const i of fresh.slice(0, shownMost - examples.length)) {
        shown.add(first + i);
        const maps = { before: mapOf(attacked.before, i), after: mapOf(attacked.after, i), now: mapOf(now, i) };
        const scale = commonPeak(Object.values(maps));
        const [was, is] = [before?.[i], after?.[i]] as [Pixels, Pixels];
        const [under, over] = [was, is].map((picture) => ({ picture, box: whole(picture) })) as [Ground, Ground];
        const name = images.nameOf(first + i);
        examples.push({
          index: first + i,
          ...(name === undefined ? {} : { name }),
          eps,
          outcome: attacked.outcomes[i] as AttackOutcome,
          image: await plain(was, encode),
          perturbation: await plain(perturbationOf(was, is, 0.5 / eps), encode),
          attacked: await plain(is, encode),
          maps: {
            before: await overlaid(under, maps.before, scale, encode),
            after: await overlaid(over, maps.after, scale, encode),
            now: await overlaid(over, maps.now, scale, encode),
            scale,
          },
        });
      }
    }
  }
  const levels = sizes.map((eps, level) => ({ eps, summary: summariseAttack(outcomes[level] ?? []) }));
  return { attack: `PGD with ${steps} steps`, levels, examples };
}

/** An outcome in the report's classes. */
function inReport(outcome: AttackOutcome, classes: readonly number[] | undefined): AttackOutcome {
  if (classes === undefined) return outcome;
  const classOf = (own: number) => classes[own] as number;
  const { label, before, after } = outcome;
  return {
    ...outcome,
    label: classOf(label),
    before: { ...before, predicted: classOf(before.predicted) },
    after: { ...after, predicted: classOf(after.predicted) },
  };
}
