/** @file Finds how a model can be trained again. */

import type { Model } from "../../../model/model.js";
import type { Trainer } from "../../subject.js";
import type { TrainerKind, TrainerParts } from "./kind.js";
import { lastLayerTrainer } from "./last-layer.js";
import { scratchTrainer } from "./scratch.js";
import { unfrozenTrainer } from "./unfrozen.js";

/** The first that fits takes the model. */
const kinds: readonly TrainerKind[] = [scratchTrainer, unfrozenTrainer, lastLayerTrainer];

/**
 * The trainer of a model: a network of the trainer's own from scratch with the settings that its file records, a head and its unfrozen
 * stages, or the last layer alone. Undefined where the model has no linear last layer.
 */
export function trainerOf(model: Model, parts: TrainerParts): Trainer | undefined {
  for (const kind of kinds) {
    const trainer = kind(model, parts);
    if (trainer) return trainer;
  }
  return undefined;
}
