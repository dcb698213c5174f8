/** @file The default training settings of each network. */

import { present } from "../../foundation/present.js";
import { type Augmentation, lightAugmentation, photoAugmentation, scaleAugmentation } from "../step/augment.js";
import { optimizerNamed } from "../step/optimizer.js";
import type { TrainingSettings } from "../train.js";
import { networkNamed } from "./networks.js";

interface Recipe {
  readonly batchSize?: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
}

const recipes = new Map<string, Recipe>(
  Object.entries({
    classic: { epochs: 10, learningRate: 6e-3, weightDecay: 0.1, labelSmoothing: 0, augmentation: null },
    compact: {
      epochs: 30,
      learningRate: 6e-3,
      weightDecay: 0.01,
      labelSmoothing: 0,
      augmentation: scaleAugmentation(lightAugmentation, 0.6),
    },
    accurate: {
      epochs: 24,
      learningRate: 4e-3,
      weightDecay: 0.02,
      labelSmoothing: 0.05,
      augmentation: scaleAugmentation(lightAugmentation, 0.8),
    },
    photo: {
      epochs: 60,
      batchSize: 32,
      learningRate: 2e-3,
      weightDecay: 0.05,
      labelSmoothing: 0,
      augmentation: photoAugmentation,
    },
  }),
);

/** A network from scratch on scenes, of which there are as many as it takes. */
const sceneRecipe: Recipe = {
  epochs: 5,
  batchSize: 32,
  learningRate: 4e-3,
  weightDecay: 0.02,
  labelSmoothing: 0,
  augmentation: null,
};

/** A contrast is the stronger the more captions a batch has. */
const captionRecipe: Recipe = { ...sceneRecipe, epochs: 6, batchSize: 64, learningRate: 3e-3 };

/** A linear layer on features that are computed once: steps cost next to nothing. */
const headRecipe: Recipe = {
  epochs: 100,
  batchSize: 64,
  learningRate: 1e-2,
  weightDecay: 0.1,
  labelSmoothing: 0,
  augmentation: null,
};

/** Stages of a trained network: small steps, so that they do not forget their features. */
const unfrozenRecipe: Recipe = {
  epochs: 10,
  batchSize: 32,
  learningRate: 2e-4,
  weightDecay: 0.05,
  labelSmoothing: 0,
  augmentation: photoAugmentation,
};

/** The settings to change; an undefined one stays as the recipe has it. */
export type SettingsChanges = { readonly [Name in keyof TrainingSettings]?: TrainingSettings[Name] | undefined };

/**
 * The settings of a network's usual training, with changes.
 * @throws FoveaError `unknown-name` for a network or optimiser that is none
 */
export function trainingSettings(network: string, changes: SettingsChanges = {}): TrainingSettings {
  const { name } = networkNamed(network);
  return settingsFor(name, present(recipes.get(name), `recipe of ${name}`), changes);
}

/** The usual settings of a network for scenes. */
export function sceneSettings(network: string, changes: SettingsChanges = {}): TrainingSettings {
  return settingsFor(network, network === "texts" ? captionRecipe : sceneRecipe, changes);
}

/** The usual settings for a new last layer on the features of `backbone`. */
export function headSettings(backbone: string, changes: SettingsChanges = {}): TrainingSettings {
  return settingsFor(`head on ${backbone}`, headRecipe, changes);
}

/** The usual settings for the last stages of `backbone`, however many, and the new layer. */
export function unfrozenSettings(backbone: string, stages: number, changes: SettingsChanges = {}): TrainingSettings {
  return settingsFor(`last ${stages === 1 ? "stage" : `${stages} stages`} of ${backbone}`, unfrozenRecipe, changes);
}

function settingsFor(network: string, recipe: Recipe, changes: SettingsChanges): TrainingSettings {
  const optimizer = optimizerNamed(changes.optimizer ?? "adam");
  const learningRate = optimizer.name === "adam" ? recipe.learningRate : optimizer.defaultRate;
  const defaults: TrainingSettings = {
    network,
    head: "softmax",
    balance: "none",
    batchSize: 128,
    schedule: "one-cycle",
    seed: 1,
    ...recipe,
    learningRate,
    optimizer: optimizer.name,
  };
  const overrides = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...defaults, ...overrides, optimizer: optimizer.name };
}
