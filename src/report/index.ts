/** @file Door `fovea/report`: results as one self-contained HTML file. */

export {
  type CollectedReport,
  type Collection,
  type CollectOptions,
  collectReport,
  type FailedImage,
} from "./collect-report.js";
export { type CollectRobustnessOptions, collectRobustness } from "./collect-robustness.js";
export type { Encode } from "./draw.js";
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
} from "./report-data.js";
export {
  type PrepareImages,
  pictureOf,
  type ReportedData,
  type ReportImages,
  reportedDataset,
  type SeenImage,
} from "./report-images.js";
export type { ReportedModel } from "./study.js";
export { type Summary, summarise } from "./summary.js";
