/** @file How each network is trained unless told otherwise. */

import { type Augmentation, lightAugmentation, scaledAugmentation } from "./augment.js";
import { networkNamed } from "./networks.js";
import { optimizerNamed } from "./optimizer.js";
import type { TrainingSettings } from "./train.js";

interface Recipe {
  readonly epochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
}

const recipes: Readonly<Record<string, Recipe>> = {
  classic: { epochs: 10, learningRate: 6e-3, weightDecay: 0.1, labelSmoothing: 0, augmentation: null },
  compact: {
    epochs: 30,
    learningRate: 6e-3,
    weightDecay: 0.01,
    labelSmoothing: 0,
    augmentation: scaledAugmentation(lightAugmentation, 0.6),
  },
  accurate: {
    epochs: 24,
    learningRate: 4e-3,
    weightDecay: 0.02,
    labelSmoothing: 0.05,
    augmentation: scaledAugmentation(lightAugmentation, 0.8),
  },
};

/**
 * The settings of a network's usual training, with changes.
 * @throws FoveaError `unknown-name` for a network, optimiser or schedule that is none
 */
export function trainingSettings(network: string, changes: Partial<TrainingSettings> = {}): TrainingSettings {
  const { name } = networkNamed(network);
  const recipe = recipes[name] as Recipe;
  const optimizer = optimizerNamed(changes.optimizer ?? "adam");
  const learningRate = optimizer.name === "adam" ? recipe.learningRate : optimizer.defaultRate;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return {
    network: name,
    batchSize: 128,
    schedule: "one-cycle",
    seed: 1,
    ...recipe,
    learningRate,
    ...given,
    optimizer: optimizer.name,
  };
}
