/** @file Door `fovea/report`: results as one self-contained HTML file. */

export {
  type CollectedReport,
  type Collection,
  type CollectOptions,
  collectReport,
  type FailedImage,
} from "../report/collect/collect-report.js";
export { type CollectRobustnessOptions, collectRobustness } from "../report/collect/collect-robustness.js";
export { type CollectTrustOptions, collectTrust } from "../report/collect/collect-trust.js";
export { type Encode, type Ground, overlaid, plain, scaleOf } from "../report/collect/draw.js";
export type { Observation, ObservationStore } from "../report/collect/observe/observe.js";
export {
  type PrepareImages,
  pictureOf,
  type ReportedData,
  type ReportImages,
  reportedDataset,
  type SeenImage,
} from "../report/collect/report-images.js";
export { reportedClasses } from "../report/collect/reported-classes.js";
export type { ReportedModel } from "../report/collect/study.js";
export { trainingOf } from "../report/collect/training-of.js";
export { type Summary, summarise } from "../report/page/findings/summarise.js";
export { renderReport } from "../report/page/render-report.js";
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
} from "../report/report-data.js";
