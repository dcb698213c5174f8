/** @file Door `fovea/report`: results as one self-contained HTML file. */

export {
  type CollectedReport,
  type CollectOptions,
  collectReport,
  pictureOf,
  type ReportedModel,
} from "./collect-report.js";
export { renderReport } from "./render-report.js";
export type {
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
  TrainingReport,
} from "./report-data.js";
export { type Summary, summarise } from "./summary.js";
