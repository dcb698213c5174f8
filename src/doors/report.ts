/** @file Entry `fovea/report`: results as one self-contained HTML file. */

export { type Collection, type CollectOptions, collectReport } from "../report/collect/collect-report.js";
export { collectRobustness } from "../report/collect/collect-robustness.js";
export { collectTrust } from "../report/collect/collect-trust.js";
export { type ReportedData, reportedDataset } from "../report/collect/report-images.js";
export type { ReportedModel } from "../report/collect/study.js";
export { trainingOf } from "../report/collect/training-of.js";
export { makeReport } from "../report/make-report.js";
export { renderReport } from "../report/page/render-report.js";
export type { ReportData } from "../report/report-data.js";
export type { MakeReportOptions } from "../report/report-options.js";
