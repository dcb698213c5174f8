/** @file Entry `fovea/train`: networks built and trained as graphs. */

export { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.js";
export { fromScratch, networks } from "../train/network/networks.js";
export { headSettings, trainingSettings, unfrozenSettings } from "../train/network/recipes.js";
export {
  type Checkpoint,
  type TrainedNetwork,
  type TrainingData,
  type TrainingSettings,
  type TrainOptions,
  trainNetwork,
  trainOnExamples,
} from "../train/train.js";
export type { Trainable } from "../train/trainable.js";
export { trainedModel } from "../train/trained-model.js";
export { type Backbone, extractBackbone } from "../train/transfer/backbone.js";
export { attachHead, extractHead, measureFeatures, trainableHead } from "../train/transfer/head.js";
export { unfreezeStages } from "../train/transfer/unfreeze.js";
export { measureAccuracy, predictAll } from "../train/validate.js";
