/** @file The settings that a model's file records of its training, in as far as another training can follow them. */

import type { Model } from "../../../model/model.js";
import { isSettings } from "../../../train/checkpoint.js";
import type { TrainingSettings } from "../../../train/train.js";

/** Of settings in a file that anyone may have written. */
const most = { epochs: 10_000, batchSize: 100_000 };

/** Undefined where the file records none. What belonged to that training's data, groups, boxes and cues, is left out. */
export function recordedSettings({ card }: Model): TrainingSettings | undefined {
  const settings = card.provenance?.settings;
  if (!isSettings(settings)) return undefined;
  const { exchange, energyLoss, lastLayer, balance, ...others } = settings;
  const isCount = (value: number, limit: number) => Number.isSafeInteger(value) && value > 0 && value <= limit;
  if (!isCount(settings.epochs, most.epochs) || !isCount(settings.batchSize, most.batchSize)) return undefined;
  return { ...others, balance: balance === "groups" ? "none" : balance };
}
