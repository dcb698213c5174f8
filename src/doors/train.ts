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
export { type Augmentation, lightAugmentation, photoAugmentation, scaleAugmentation } from "../train/step/augment.js";
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
export { type Backbone, extractBackbone, type TrainedClassifier } from "../train/transfer/backbone.js";
export {
  attachHead,
  extractHead,
  type FeatureScale,
  type LinearHead,
  measureFeatures,
  trainableHead,
} from "../train/transfer/head.js";
export { countLearnable, unfreezeStages } from "../train/transfer/unfreeze.js";
export { measureAccuracy, predictAll, scaleImages } from "../train/validate.js";
