/** @file Trains a head and the last stages of the backbone under it again, as `--unfreeze` did. */

import { stages } from "../../../model/layers/choose-layer.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { extractBackbone } from "../../../train/transfer/backbone.js";
import { countLearnable, unfreezeStages } from "../../../train/transfer/unfreeze.js";
import { headOf, type TrainerKind } from "./kind.js";
import { learnLastLayer, trainLastLayer } from "./last-layer.js";
import { trainOnPixels } from "./pixels.js";
import { recordedSettings } from "./recorded-settings.js";

/** The backbone is that of the model as it is: its stages go on from where they were. */
export const unfrozenTrainer: TrainerKind = (model, parts) => {
  const settings = recordedSettings(model);
  const unfrozen = model.card.provenance?.unfrozen;
  const { classCount: classes } = model;
  if (settings === undefined || typeof unfrozen !== "number" || !(unfrozen > 0) || classes === undefined)
    return undefined;
  if (model.oneByOne) return undefined;
  const backbone = extractBackbone(model);
  const behind = stages(model)[unfrozen]?.name;
  if (countLearnable(backbone, behind) === 0) return undefined;
  const head = headOf(model);
  return {
    budget: `a new last layer, then everything behind ${behind ?? "the input"}, ${settings.epochs} epochs`,
    guidesMaps: true,
    async train(run) {
      if (run.lastLayer) return trainLastLayer(model, parts, run);
      const layer = await learnLastLayer(model, backbone, parts, run);
      if (layer === undefined) return undefined;
      const { preprocessing } = preprocessingOf(model);
      const trainable = unfreezeStages(backbone, layer, { classes, head, preprocessing, behind });
      return trainOnPixels(trainable, { ...settings, head }, run, parts.runtime);
    },
  };
};
