/** @file Door `fovea/report`: results as one self-contained HTML file. */

export {
  type CollectedReport,
  type CollectOptions,
  collectReport,
  pictureOf,
  type ReportedModel,
} from "./collect-report.js";
export { type CollectRobustnessOptions, collectRobustness } from "./collect-robustness.js";
export { renderReport } from "./render-report.js";
export type {
  AttackExample,
  ChangeReport,
  ChangeSide,
  ClassSamples,
  ColourScale,
  ComparisonReport,
  DataReport,
  EpochReport,
  ErrorMaps,
  ErrorReport,
  LayerReport,
  MapsReport,
  MeanMapReport,
  ModelReport,
  Picture,
  ReportData,
  ReproduceReport,
  RobustnessReport,
  TrainingReport,
} from "./report-data.js";
export { type Summary, summarise } from "./summary.js";
