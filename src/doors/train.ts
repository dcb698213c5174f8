/** @file Door `fovea/train`: networks built and trained as graphs. */

export { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.js";
export {
  buildNetwork,
  fromScratch,
  type NetworkDefinition,
  networkNamed,
  networks,
} from "../train/network/networks.js";
export { headSettings, type SettingsChanges, trainingSettings, unfrozenSettings } from "../train/network/recipes.js";
export { type Augmentation, lightAugmentation, photoAugmentation, scaledAugmentation } from "../train/step/augment.js";
export { type Balance, balances } from "../train/step/balance.js";
export { optimizers } from "../train/step/optimizer.js";
export { schedules } from "../train/step/schedule.js";
export {
  type Checkpoint,
  type EpochRecord,
  type StepProgress,
  type TrainedNetwork,
  type TrainingData,
  type TrainingSettings,
  type TrainOptions,
  trainNetwork,
  trainOnExamples,
} from "../train/train.js";
export { type Head, heads, type Trainable, type TrainableGraph } from "../train/trainable.js";
export { trainedModel } from "../train/trained-model.js";
export {
  type Backbone,
  backboneOf,
  type FeatureScale,
  featureScale,
  type LinearHead,
  learnableBehind,
  learnedHead,
  onFeatures,
  type TrainedClassifier,
  unfrozen,
  withHead,
} from "../train/transfer.js";
export { measureAccuracy, predictAll, scaledImages } from "../train/validate.js";
