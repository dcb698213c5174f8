/** @file The settings that the options of `fovea train` ask for. */

import type { SettingsChanges } from "../../../train/network/recipes.js";
import { adversarialSettings } from "../../../train/step/adversary.js";
import { type Augmentation, scaleAugmentation } from "../../../train/step/augment.js";
import { numberFrom } from "../numbers.js";
import type { TrainFlags } from "../train-options.js";

/** The changes that the flags make to a recipe; `light` is the augmentation of strength 1. */
export function settingsChanges(flags: TrainFlags, light: Augmentation): SettingsChanges {
  return {
    seed: flags.seed,
    epochs: flags.epochs,
    batchSize: flags.batch,
    optimizer: flags.optimizer,
    schedule: flags.schedule,
    learningRate: flags.rate,
    weightDecay: flags.weightDecay,
    labelSmoothing: flags.smoothing,
    augmentation: augmentation(flags.augment, light),
    head: flags.head,
    balance: flags.balance,
    energyLoss: flags.energyLoss && (flags.energyWeight ?? 1),
    lastLayer: flags.lastLayer,
    adversarial:
      flags.adversarial === undefined ? undefined : adversarialSettings(flags.adversarial, flags.attackSteps),
  };
}

function augmentation(text: string | undefined, light: Augmentation) {
  if (text === undefined) return undefined;
  if (text === "none") return null;
  return scaleAugmentation(light, text === "light" ? 1 : numberFrom("--augment", text));
}
