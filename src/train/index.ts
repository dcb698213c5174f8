/** @file Door `fovea/train`: networks built and trained as graphs. */

export { type Augmentation, lightAugmentation } from "./augment.js";
export { buildNetwork, type NetworkDefinition, networkNamed, networks } from "./networks.js";
export { optimizers } from "./optimizer.js";
export { schedules } from "./schedule.js";
export {
  type Checkpoint,
  type EpochRecord,
  type StepProgress,
  type TrainedNetwork,
  trainNetwork,
  type TrainingSettings,
  type TrainOptions,
} from "./train.js";
export { measureAccuracy, predictAll, scaledImages } from "./validate.js";
