/** @file What is shown of an image under attack: the outcome of each size, and pictures of the weakest that changed the prediction. */

import type { Attack } from "../../../evaluate/attack/attack.js";
import { type AttackedImages, attackImages } from "../../../evaluate/attack/attack-study.js";
import { perturbationOf, picturesOf } from "../../../evaluate/trial/input-pixels.js";
import { mapOf } from "../../../explain/maps.js";
import { at } from "../../../foundation/present.js";
import { commonPeak } from "../../../image/map/heatmap.js";
import { joined } from "../../../model/run/batches.js";
import type { Tensor } from "../../../onnx/tensor.js";
import { type Encode, overlaid, plain, whole } from "../draw.js";
import type { ReportImages } from "../report-images.js";
import type { ReportedModel } from "../study.js";
import type { ShownAttack } from "./shown.js";
import { modelClassOf } from "./subject.js";

export interface AttackPlan {
  readonly attack: Attack;
  readonly encode: Encode;
  /** Sizes, rising; the range of a pixel is 1. */
  readonly sizes: readonly number[];
  readonly steps: number;
  /** How many examples are drawn, of the first images that give one. */
  readonly examples: number;
}

/** Images that are attacked at once. Fewer are filled up, so that none depends on its neighbours. */
const batch = 8;

export async function showAttacks(
  model: ReportedModel,
  images: ReportImages,
  indices: readonly number[],
  plan: AttackPlan,
): Promise<ShownAttack[]> {
  const shown: ShownAttack[] = [];
  let left = plan.examples;
  for (let first = 0; first < indices.length; first += batch) {
    const some = indices.slice(first, first + batch);
    const attacked = await attackAll(model, images, some, plan);
    for (const i of some.keys()) {
      const outcomes = attacked.levels.map((level) => at(level.outcomes, i));
      const level = outcomes.findIndex(({ correct, flipped }) => correct && flipped);
      const example = level >= 0 && left > 0 ? await drawn(model, attacked, { i, level }, plan) : undefined;
      if (example) left--;
      shown.push({ outcomes, ...(example ? { example } : {}) });
    }
  }
  return shown;
}

/** Images before and after attacks of each size. */
interface AttackedBatch {
  readonly input: Tensor;
  readonly levels: readonly AttackedImages[];
}

async function attackAll(
  model: ReportedModel,
  images: ReportImages,
  indices: readonly number[],
  { attack, sizes, steps }: AttackPlan,
): Promise<AttackedBatch> {
  const { explainer } = model;
  const filled = Array.from({ length: batch }, (_, i) => indices[i] ?? at(indices, indices.length - 1));
  const samples: Tensor[] = [];
  for (const [i, index] of filled.entries())
    samples.push(
      samples[i - 1] && i >= indices.length ? at(samples, i - 1) : (await images.read(explainer.model, index)).input,
    );
  const input = joined(samples);
  const labels = filled.map((index) => modelClassOf(model, at(images.labels, index)));
  const levels: AttackedImages[] = [];
  for (const eps of sizes) levels.push(await attackImages(explainer, attack, input, { eps, steps, labels }));
  return { input, levels };
}

async function drawn(
  { explainer }: ReportedModel,
  { input, levels }: AttackedBatch,
  { i, level }: { readonly i: number; readonly level: number },
  { sizes, encode }: AttackPlan,
): Promise<ShownAttack["example"]> {
  const [attacked, eps] = [at(levels, level), at(sizes, level)];
  const now = await explainer.explain(attacked.images);
  const was = at(picturesOf(explainer.model, input), i);
  const is = at(picturesOf(explainer.model, attacked.images), i);
  const maps = { before: mapOf(attacked.before, i), after: mapOf(attacked.after, i), now: mapOf(now, i) };
  const scale = commonPeak(Object.values(maps));
  const [under, over] = [
    { picture: was, box: whole(was) },
    { picture: is, box: whole(is) },
  ];
  return {
    eps,
    outcome: at(attacked.outcomes, i),
    image: await plain(was, encode),
    perturbation: await plain(perturbationOf(was, is, 0.5 / eps), encode),
    attacked: await plain(is, encode),
    maps: {
      before: await overlaid(under, maps.before, scale, encode),
      after: await overlaid(over, maps.after, scale, encode),
      now: await overlaid(over, maps.now, scale, encode),
      scale,
    },
  };
}
