/** @file Door `fovea/train`: networks built and trained as graphs. */

export { type Augmentation, lightAugmentation, scaledAugmentation } from "./augment.js";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
export { buildNetwork, type NetworkDefinition, networkNamed, networks } from "./networks.js";
export { optimizers } from "./optimizer.js";
export { trainingSettings } from "./recipes.js";
export { schedules } from "./schedule.js";
export {
  type Checkpoint,
  type EpochRecord,
  type StepProgress,
  type TrainedNetwork,
  type TrainingSettings,
  type TrainOptions,
  trainNetwork,
} from "./train.js";
export { measureAccuracy, predictAll, scaledImages } from "./validate.js";
