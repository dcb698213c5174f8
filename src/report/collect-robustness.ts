/** @file Attacks a model on a data set's test images, and gathers what a report shows of that. */

import type { LabelledImages } from "../data/dataset.js";
import {
  type Attack,
  type AttackOutcome,
  attackImages,
  perturbationOf,
  picturesOf,
  summariseAttack,
} from "../evaluate/index.js";
import { type Explainer, mapOf } from "../explain/index.js";
import { commonPeak, type Picture as Pixels } from "../image/index.js";
import { type CollectOptions, overlaid, plain } from "./collect-report.js";
import type { AttackExample, RobustnessReport } from "./report-data.js";

export interface CollectRobustnessOptions extends Pick<CollectOptions, "encode" | "prepare"> {
  readonly attack: Attack;
  /** How many test images, from the first on. Default 200. */
  readonly images?: number;
  /** Sizes of the attacks, rising. Default 0.05, 0.1, 0.2, 0.3. */
  readonly sizes?: readonly number[];
  /** How many images to show. Default 4. */
  readonly examples?: number;
}

const steps = 10;
const batchSize = 100;

/** PGD with 10 steps of rising size, on the first test images. */
export async function collectRobustness(
  explainer: Explainer,
  test: LabelledImages,
  options: CollectRobustnessOptions,
): Promise<RobustnessReport> {
  const { attack, images = 200, sizes = [0.05, 0.1, 0.2, 0.3], examples: most = 4 } = options;
  const total = Math.min(images, test.count);
  const outcomes = sizes.map((): AttackOutcome[] => []);
  const examples: AttackExample[] = [];
  for (let first = 0; first < total; first += batchSize) {
    const count = Math.min(batchSize, total - first);
    const input = await options.prepare(explainer, test, first, count);
    const labels = test.labels.subarray(first, first + count);
    const shown = new Set(examples.map(({ index }) => index));
    for (const [level, eps] of sizes.entries()) {
      const attacked = await attackImages(explainer, attack, input, { eps, steps, labels });
      outcomes[level]?.push(...attacked.outcomes);
      const fresh = attacked.outcomes.flatMap(({ correct, flipped }, i) =>
        correct && flipped && !shown.has(first + i) ? [i] : [],
      );
      if (fresh.length === 0 || examples.length >= most) continue;
      const now = await explainer.explain(attacked.images);
      const [before, after] = [input, attacked.images].map((tensor) => picturesOf(explainer.model, tensor));
      for (const i of fresh.slice(0, most - examples.length)) {
        shown.add(first + i);
        const maps = { before: mapOf(attacked.before, i), after: mapOf(attacked.after, i), now: mapOf(now, i) };
        const scale = commonPeak(Object.values(maps));
        const [was, is] = [before?.[i], after?.[i]] as [Pixels, Pixels];
        examples.push({
          index: first + i,
          eps,
          outcome: attacked.outcomes[i] as AttackOutcome,
          image: await plain(was, options),
          perturbation: await plain(perturbationOf(was, is, 0.5 / eps), options),
          attacked: await plain(is, options),
          maps: {
            before: await overlaid(was, maps.before, scale, options),
            after: await overlaid(is, maps.after, scale, options),
            now: await overlaid(is, maps.now, scale, options),
            scale,
          },
        });
      }
    }
  }
  const levels = sizes.map((eps, level) => ({ eps, summary: summariseAttack(outcomes[level] ?? []) }));
  return { attack: `PGD with ${steps} steps`, levels, examples };
}
