/** @file Door `fovea/train`: networks built and trained as graphs. */

export { type Augmentation, lightAugmentation, photoAugmentation, scaledAugmentation } from "./augment.js";
export { type Balance, balances } from "./balance.js";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
export { buildNetwork, fromScratch, type NetworkDefinition, networkNamed, networks } from "./networks.js";
export { optimizers } from "./optimizer.js";
export { headSettings, type SettingsChanges, trainingSettings, unfrozenSettings } from "./recipes.js";
export { schedules } from "./schedule.js";
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
} from "./train.js";
export { type Head, heads, type Trainable, type TrainableGraph } from "./trainable.js";
export { trainedModel } from "./trained-model.js";
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
} from "./transfer.js";
export { measureAccuracy, predictAll, scaledImages } from "./validate.js";
