/** @file Attacks a model on the images of a report, and collects the results to show. */

import type { Attack } from "../../evaluate/attack/attack.js";
import {
  type AttackedImages,
  type AttackOutcome,
  attackImages,
  summariseAttack,
} from "../../evaluate/attack/attack-study.js";
import { perturbationOf, picturesOf } from "../../evaluate/trial/input-pixels.js";
import { mapOf } from "../../explain/maps.js";
import { at } from "../../foundation/present.js";
import { commonPeak } from "../../image/map/heatmap.js";
import { joined } from "../../model/run/batches.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { AttackExample, RobustnessReport } from "../report-data.js";
import { type Encode, overlaid, plain, whole } from "./draw.js";
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

/** Measures for a report how maps change under attack: PGD with 10 steps of rising size, on the first images. The model's classes must be those of the report, in any order. */
export async function collectRobustness(
  model: ReportedModel,
  images: ReportImages,
  options: CollectRobustnessOptions,
): Promise<RobustnessReport> {
  const { attack, encode, count = 200, sizes = [0.05, 0.1, 0.2, 0.3], examples: most = 4 } = options;
  const total = Math.min(count, images.count);
  const batch = batchFor(model.explainer);
  const outcomes = sizes.map((): AttackOutcome[] => []);
  const examples: AttackExample[] = [];
  for (let first = 0; first < total; first += batch) {
    const indices = Array.from({ length: Math.min(batch, total - first) }, (_, i) => first + i);
    const input = await inputOf(model, images, indices);
    for (const [level, eps] of sizes.entries()) {
      const attacked = await attackBatch(model, attack, { images, indices, input, eps });
      outcomes[level]?.push(...attacked.outcomes);
      const places = freshFlips(attacked, examples).slice(0, most - examples.length);
      if (places.length > 0) examples.push(...(await drawnExamples(model, attacked, places, encode)));
    }
  }
  const levels = sizes.map((eps, level) => ({ eps, summary: summariseAttack(outcomes[level] ?? []) }));
  return { attack: `PGD with ${steps} steps`, levels, examples };
}

/** Images that are attacked at once. */
interface Batch {
  readonly images: ReportImages;
  /** Their positions. */
  readonly indices: readonly number[];
  /** The model's input. */
  readonly input: Tensor;
  readonly eps: number;
}

/** A batch after an attack, with the outcomes in the report's classes. */
interface AttackedBatch extends Batch {
  readonly outcomes: readonly AttackOutcome[];
  readonly attacked: AttackedImages;
}

async function inputOf(
  { explainer }: ReportedModel,
  images: ReportImages,
  indices: readonly number[],
): Promise<Tensor> {
  const samples = await Promise.all(indices.map((index) => images.read(explainer.model, index)));
  return joined(samples.map(({ input }) => input));
}

async function attackBatch(
  { explainer, classes }: ReportedModel,
  attack: Attack,
  batch: Batch,
): Promise<AttackedBatch> {
  const { images, indices, input, eps } = batch;
  const truth = indices.map((index) => at(images.labels, index));
  const labels = truth.map((label) => classes?.indexOf(label) ?? label);
  const attacked = await attackImages(explainer, attack, input, { eps, steps, labels });
  return { ...batch, attacked, outcomes: attacked.outcomes.map((outcome) => inReport(outcome, classes)) };
}

/** Places in the batch of images whose correct prediction the attack changed, and of which there is no example yet. */
function freshFlips({ indices, outcomes }: AttackedBatch, examples: readonly AttackExample[]): number[] {
  const pictured = new Set(examples.map(({ index }) => index));
  return outcomes.flatMap(({ correct, flipped }, i) =>
    correct && flipped && !pictured.has(at(indices, i)) ? [i] : [],
  );
}

async function drawnExamples(
  { explainer }: ReportedModel,
  { images, indices, input, eps, outcomes, attacked }: AttackedBatch,
  places: readonly number[],
  encode: Encode,
): Promise<AttackExample[]> {
  const now = await explainer.explain(attacked.images);
  const before = picturesOf(explainer.model, input);
  const after = picturesOf(explainer.model, attacked.images);
  const examples: AttackExample[] = [];
  for (const i of places) {
    const index = at(indices, i);
    const maps = { before: mapOf(attacked.before, i), after: mapOf(attacked.after, i), now: mapOf(now, i) };
    const scale = commonPeak(Object.values(maps));
    const [was, is] = [at(before, i), at(after, i)];
    const [under, over] = [
      { picture: was, box: whole(was) },
      { picture: is, box: whole(is) },
    ];
    const name = images.nameOf(index);
    examples.push({
      index,
      ...(name === undefined ? {} : { name }),
      eps,
      outcome: at(outcomes, i),
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
  return examples;
}

/** An outcome in the report's classes. */
function inReport(outcome: AttackOutcome, classes: readonly number[] | undefined): AttackOutcome {
  if (classes === undefined) return outcome;
  const classOf = (index: number) => at(classes, index);
  const { label, before, after } = outcome;
  return {
    ...outcome,
    label: classOf(label),
    before: { ...before, predicted: classOf(before.predicted) },
    after: { ...after, predicted: classOf(after.predicted) },
  };
}
