/** @file Trains a network of the trainer's own from scratch again, with the settings that its file records. */

import { fromScratch, networks } from "../../../train/network/networks.js";
import type { TrainerKind } from "./kind.js";
import { trainLastLayer } from "./last-layer.js";
import { trainOnPixels } from "./pixels.js";
import { recordedSettings } from "./recorded-settings.js";

export const scratchTrainer: TrainerKind = (model, parts) => {
  const settings = recordedSettings(model);
  const network = networks.find(({ name }) => name === settings?.network);
  const { classCount: classes } = model;
  if (settings === undefined || network === undefined || classes === undefined) return undefined;
  return {
    budget: `${network.name} from scratch, ${settings.epochs} epochs, batches of ${settings.batchSize}`,
    guidesMaps: true,
    async train(run) {
      if (run.lastLayer) return trainLastLayer(model, parts, run);
      const [channels, height, width] = run.train.dims;
      const { head } = settings;
      const trainable = fromScratch(network, { channels, height, width, classes }, { seed: run.seed, head });
      return trainOnPixels(trainable, settings, run, parts.runtime);
    },
  };
};
