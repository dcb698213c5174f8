/** @file The last layer trained again on as many examples of each group: deep feature reweighting. */

import type { Examples } from "../../data/dataset.js";
import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import { permutation, type Random, random } from "../../foundation/random.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { type TrainedNetwork, type TrainingSettings, type TrainOptions, trainOnExamples } from "../train.js";
import { extractHead, type LinearHead, measureFeatures, trainableHead } from "./head.js";

export interface LastLayerOptions {
  readonly classes: number;
  /** Of each draw's training; they have no balance of their own. */
  readonly settings: TrainingSettings;
  /** How many balanced parts are drawn, learned from and averaged. Default 5. */
  readonly draws?: number;
  /** Called after each draw. */
  readonly onDraw?: (done: number, of: number) => void;
}

const usualDraws = 5;

/**
 * Deep feature reweighting (Kirichenko et al. 2023, section 4): the features stay, and the last layer is learned anew on a part of the
 * examples in which every group is as large as the smallest; the layers of several such parts are averaged. The paper's penalty is L1,
 * this one the settings' weight decay.
 * @param features [width] each
 * @param groups the group of each example, from 0 on
 * @returns the layer, and the training on the first part; undefined where the signal ended it
 */
export async function retrainLastLayer(
  features: Examples,
  groups: ArrayLike<number>,
  { classes, settings, draws = usualDraws, onDraw }: LastLayerOptions,
  options: Pick<TrainOptions, "runtime" | "signal">,
): Promise<RetrainedLayer | undefined> {
  const scale = await measureFeatures(features);
  const plain: TrainingSettings = { ...settings, balance: "none" };
  const trainings: TrainedNetwork[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const part = balancedPart(groups, random(settings.seed).fork(`groups ${draw}`));
    const trainable = trainableHead(scale, classes, plain);
    const training = await trainOnExamples(trainable, { train: pick(features, part) }, plain, options);
    if (!training.finished) return undefined;
    trainings.push(training);
    onDraw?.(draw + 1, draws);
  }
  const layers = trainings.map(({ graph }) => extractHead(graph, scale));
  const layer = { weight: mean(layers.map(({ weight }) => weight)), bias: mean(layers.map(({ bias }) => bias)) };
  return { layer, training: at(trainings, 0) };
}

interface RetrainedLayer {
  readonly layer: LinearHead;
  readonly training: TrainedNetwork;
}

/** As many indices of each group as the smallest has, in random order. */
export function balancedPart(groups: ArrayLike<number>, source: Random): number[] {
  const members = groupBy(permutation(groups.length, source), (index) => at(groups, index));
  const smallest = Math.min(...[...members.values()].map(({ length }) => length));
  const chosen = [...members.keys()].sort((a, b) => a - b).flatMap((key) => members.get(key)?.slice(0, smallest) ?? []);
  return Array.from(permutation(chosen.length, source), (place) => at(chosen, place));
}

/** The examples at some indices. */
function pick(examples: Examples, indices: readonly number[]): Examples {
  return {
    ...examples,
    count: indices.length,
    labels: indices.map((index) => at(examples.labels, index)),
    read: (places) => examples.read(Array.from(places, (place) => at(indices, place))),
  };
}

function mean(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  const values = Array.from({ length: first?.size ?? 0 }, (_, i) =>
    tensors.reduce((sum, tensor) => sum + at(floats(tensor), i) / tensors.length, 0),
  );
  return float32(first?.dims ?? [], values);
}
