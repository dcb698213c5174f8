/** @file Door `fovea/report`: results as one self-contained HTML file. */

export {
  type CollectedReport,
  type Collection,
  type CollectOptions,
  collectReport,
  type FailedImage,
} from "./collect-report.js";
export { type CollectRobustnessOptions, collectRobustness } from "./collect-robustness.js";
export { type CollectTrustOptions, collectTrust } from "./collect-trust.js";
export { type Encode, type Ground, overlaid, plain, scaleOf } from "./draw.js";
export type { Observation, ObservationStore } from "./observe.js";
export { renderReport } from "./render-report.js";
export type {
  AstrayImage,
  AstrayReport,
  AttackExample,
  BiasReport,
  ChangeReport,
  ChangeSide,
  ClassSamples,
  ColourScale,
  ComparisonReport,
  DataReport,
  EpochReport,
  ErrorGroup,
  ErrorMaps,
  ErrorReport,
  HidingReport,
  LayerReport,
  MapsReport,
  MeanMapReport,
  ModelReport,
  Picture,
  RegionShare,
  RegionsReport,
  ReportData,
  ReproduceReport,
  RobustnessReport,
  TrainingReport,
  TrustReport,
} from "./report-data.js";
export {
  type PrepareImages,
  pictureOf,
  type ReportedData,
  type ReportImages,
  reportedDataset,
  type SeenImage,
} from "./report-images.js";
export { reportedClasses } from "./reported-classes.js";
export type { ReportedModel } from "./study.js";
export { type Summary, summarise } from "./summary.js";
export { trainingOf } from "./training-of.js";
